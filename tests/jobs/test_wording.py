"""Doubtful postings are flagged with the passage; ordinary ones are left in peace."""

from __future__ import annotations

from pathlib import Path

import pytest

from bot.jobs.wording import Flag, Wording, WordingUnreadable
from tests.service import ROOT

WORDING = Wording.load(ROOT / "content/directory")

DOUBTFUL = {
    "sex": [
        "只招男工",
        "招女工5名，手脚麻利",
        "限女性",
        "性别：男",
        "要求：男，18-45岁",
        "男士优先",
        "女生优先考虑",
        "不要女的",
        "急招男普工若干，女性勿扰",
    ],
    "age": [
        "18-45岁",
        "年龄在20至40周岁之间",
        "45岁以下",
        "不超过50周岁",
        "年龄35以内",
        "年龄：18-35",
        "95后优先",
        "年轻人优先",
    ],
    "marriage": [
        "已婚已育优先",
        "未婚，能吃苦",
        "孕妇勿扰",
        "两年内不得生育",
        "暂无生育计划者优先",
    ],
    "region": [
        "仅限本地户口",
        "外地人勿扰",
        "不要外地的",
        "河南人勿扰",
        "户口要求本市",
        "本地人优先",
    ],
    "ethnicity": ["限汉族", "汉族优先", "少数民族勿扰"],
    "religion": ["无宗教信仰", "信教者勿扰"],
    "hepatitis": ["乙肝患者不要", "入职查两对半", "无乙肝等传染病"],
    "disability": ["残疾人勿扰", "身体无残疾"],
    "looks": ["身高165以上", "身高1.70米以上", "形象气质佳", "五官端正", "身材匀称"],
    "fate": ["属虎的勿扰", "星座要求白羊"],
    "deposit": ["入职交押金500元", "工作服押金200", "须缴纳保证金", "无经验押金300，干满退"],
    "fees": ["服装费200元自理", "先交培训费", "体检费自理", "报名费50", "需先交380元办卡"],
    "retained": ["入职押身份证", "身份证原件上交", "提供银行卡一张月结"],
    "lure": [
        "手机兼职刷单，日结",
        "轻松日赚500",
        "高薪招聘，当天日结，无需经验",
        "日结800元",
        "垫付任务款，返佣20%",
        "在家躺着月入过万",
    ],
    "abroad": ["缅北高薪客服，包机票"],
    "nightlife": ["夜场服务员", "商务会所招模特"],
}

ORDINARY = """
电焊工，会二保焊、氩弧焊，有焊工证优先
男女不限，年满18周岁，能吃苦耐劳
性别不限，年龄不限，身体健康
缝纫工10名，计件，多劳多得，月工资4000-7000元
不收取任何押金、服装费、培训费
免费培训，培训期间有补贴
公司承担体检费，统一办理健康证
工服免费发放，无押金
入职缴纳五险，试用期一个月
女装导购员，卖过服装的优先
男装店店长，会搭配
幼儿教师，有教师资格证，带3-6岁孩子
照顾一名80岁老人，住家
带2岁以下宝宝，会做辅食
母婴护理师，持证上岗
形象设计师，会化妆
负责企业形象宣传和公众号
日结200元，干一天结一天
小时工，日结，150元一天
长白班，八小时，月休四天
有夜班补贴，每晚30元
工资月结，每月15号发到银行卡
收银员，负责收款和交接班
财务，负责保证金核算和退还
工程资料员，负责投标保证金、履约保证金手续
客服，解答客户退款和返修问题
仓库管理员，会用电脑，负责收发货
家住附近的优先，下班方便
离家近，可接送孩子
宝妈可做，时间自由，居家手工
手工编织，送料上门，按件结算
包吃包住，四人间，有空调
车间普工，站立作业，能倒班
管吃管住，往返车票报销
北京家政，统一组织前往，签订合同
天津装配工，公司报销路费
交通便利，坐5路公交车到本地工业园站
本村保洁员，由村委会统一安排
公益性岗位，面向就业困难人员
脱贫户、低保户、残疾人优先安排
欢迎残疾人应聘，有无障碍设施
欢迎退役军人
应届高校毕业生优先
有驾照，B2以上，三年以上驾龄
身体健康，无重大疾病，能适应高空作业
持有健康证
负责男女员工宿舍管理
妇女节、中秋节有福利
婚假产假年休假齐全
婚礼摄影助理，会修图
承办婚庆活动，搭建舞台
属地管理，服从安排
回族餐厅招后厨帮工，民族不限
清真食品厂包装工
宗教场所周边保安，夜间巡逻
接种过乙肝疫苗的护理专业毕业生均可报名
不查乙肝，合规体检
直播带货主播，底薪加提成
电商运营，会刷新店铺数据，懂推广
外卖骑手，上不封顶，多跑多得
公司垫付油费，车辆由公司提供
绝不刷单，正规电商客服
试用期工资4500元，转正5500元
中专以上学历，机械类专业
岗位津贴300元，全勤奖200元
身高体重不限，会游泳的救生员
招30人，缺口大，随时面试
经验1-3年，熟练工优先
""".strip().splitlines()


@pytest.mark.parametrize(
    ("rule", "text"), [(rule, it) for rule, texts in DOUBTFUL.items() for it in texts]
)
def test_what_is_doubtful_is_flagged_with_its_passage(rule: str, text: str) -> None:
    flags = {flag.rule: flag for flag in WORDING.flags(["某岗位", text, None])}
    assert rule in flags
    assert flags[rule].passage in text
    assert WORDING.reason(flags[rule])


@pytest.mark.parametrize("text", ORDINARY)
def test_an_ordinary_posting_is_left_in_peace(text: str) -> None:
    assert WORDING.flags([text]) == ()


def test_there_are_enough_ordinary_texts_to_mean_something() -> None:
    assert len(ORDINARY) >= 60


@pytest.mark.parametrize("rule", list(DOUBTFUL))
def test_fraud_waits_for_a_person_and_discrimination_is_told(rule: str) -> None:
    is_fraud = rule in {"deposit", "fees", "retained", "lure", "abroad", "nightlife"}
    assert WORDING.holds([Flag(rule, "")]) is is_fraud


def test_a_denial_frees_only_what_it_denies() -> None:
    [flag] = WORDING.flags(["不收押金。入职交服装费300元"])
    assert (flag.rule, flag.passage) == ("fees", "押金。入职交服装费300元")


def test_a_flag_comes_back_as_it_was_written() -> None:
    flag = Flag("deposit", "押金: 500元")
    assert Flag.read(str(flag)) == flag


def test_every_exception_of_the_list_is_needed_by_a_rule_that_is_there() -> None:
    assert {rule.name for rule in WORDING.rules} == set(DOUBTFUL)


@pytest.mark.parametrize(
    "text", ["a: [", "sex: {}", "sex: {reason: x, hold: true, find: ['(']}", "- a", "", "sex: 3"]
)
def test_a_list_that_cannot_be_read_is_named(tmp_path: Path, text: str) -> None:
    (tmp_path / "wording.yaml").write_text(text, encoding="utf-8")
    with pytest.raises(WordingUnreadable, match=r"wording\.yaml"):
        Wording.load(tmp_path)


def test_a_long_hostile_text_costs_no_time() -> None:
    assert WORDING.flags(["不收" * 20_000, "年龄" * 20_000, "1" * 40_000]) == ()
