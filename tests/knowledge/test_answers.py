from __future__ import annotations

import re
from datetime import date
from pathlib import Path

import pytest

from bot.knowledge.answers import ROOM, Answers
from bot.knowledge.glossary import read_glossary
from bot.knowledge.phrases import Phrases
from bot.knowledge.policies import Part, Policy, read_policies, read_publications
from bot.knowledge.sentences import parted
from dialogs.policy import PolicyAnswer
from tests.knowledge.conftest import CONTENT, TODAY

GLOSSARY = read_glossary(CONTENT)
POLICIES = {each.id: each for each in read_policies(CONTENT, GLOSSARY.headings)}
PUBLICATIONS = read_publications(CONTENT)
ANSWERS = Answers(POLICIES, PUBLICATIONS, GLOSSARY, Phrases(CONTENT))
NUMBER = re.compile(r"\d+(?:\.\d+)?")


def answer(policy: str, *asked: Part, question: str = "", today: date = TODAY) -> PolicyAnswer:
    return ANSWERS.answer(POLICIES[policy], dict.fromkeys(asked, 1.0), question, today)


def told(answer: PolicyAnswer) -> str:
    return "\n".join((answer.lead, *answer.also))


def numbers(text: str) -> set[str]:
    return {number.lstrip("0") for number in NUMBER.findall(text)}


def of_content(content: Path, policy: str) -> tuple[Answers, Policy]:
    policies = {each.id: each for each in read_policies(content, GLOSSARY.headings)}
    answers = Answers(policies, read_publications(content), GLOSSARY, Phrases(content))
    return answers, policies[policy]


@pytest.mark.parametrize("part", [part for part in Part if part != Part.SOURCE])
def test_the_section_that_was_asked_for_comes_first(part):
    policy = POLICIES["startup-subsidy"]
    lead = answer("startup-subsidy", part).lead
    assert lead[:12] in policy.sections[part]


@pytest.mark.parametrize("policy", POLICIES)
@pytest.mark.parametrize("part", [None, *Part])
def test_no_answer_shows_a_figure_that_is_not_in_the_policys_text(policy, part):
    said = answer(policy, *([part] if part else []), question="多少钱 每月 每年 2018")
    assert numbers(told(said)) <= numbers(POLICIES[policy].text) | {"2018"}


@pytest.mark.parametrize("policy", POLICIES)
def test_every_sentence_of_an_answer_stands_in_the_policys_file(policy):
    text = re.sub(r"\s", "", POLICIES[policy].text)
    for sentence in re.split(r"(?<=。)", told(answer(policy, Part.AMOUNT)).replace("\n", "")):
        assert re.sub(r"\s", "", sentence) in text


@pytest.mark.parametrize("policy", POLICIES)
def test_every_answer_cites_a_version_and_a_source_and_says_how_far_it_holds(policy):
    said = answer(policy)
    assert said.version == POLICIES[policy].version
    assert said.source.title
    assert said.source.issuer
    assert said.note


@pytest.mark.parametrize("policy", POLICIES)
def test_an_answer_fits_a_phone(policy):
    assert len(told(answer(policy, Part.AMOUNT))) <= ROOM + 60


def test_what_the_source_does_not_tell_is_said_to_be_so():
    said = answer("startup-subsidy", Part.PAPERS, question="要啥材料")
    assert "原文未载明" in said.lead
    assert "5000元" in told(said)


@pytest.mark.parametrize(
    ("policy", "question", "truth"),
    [
        ("startup-subsidy", "创业补贴是每月都发吗", "只发一次"),
        ("skills-training", "学员一个月给一百对不对", "每人每天100元"),
        ("hotline-110", "找工作打110对吧", "110是报警电话"),
    ],
)
def test_a_wrong_idea_is_put_right_first(policy, question, truth):
    assert truth in answer(policy, question=question).lead[:60]


def test_a_past_practice_says_of_which_year_it_is():
    assert answer("skills-training").note.startswith("这是2018年的做法（2019年4月19日报道）")


def test_whether_it_still_holds_is_said_first():
    dated = answer("startup-subsidy", question="开店那五千现在还发不发").lead
    assert "5000元" in dated
    assert "（现在）是不是还这样，原文没有写" in dated[:90]
    undated = answer("ledger-card", question="服务卡这会儿还办不办").lead
    assert undated.startswith("现在还办不办，原文没有写")


def test_what_is_not_told_comes_behind_what_is():
    lead = answer("labor-export", Part.AMOUNT, question="去外省打工路费报多少").lead
    assert lead.index("1000元") < lead.index("原文未载明")


def test_an_earlier_figure_of_the_same_sum_is_not_told_again():
    lead = answer("hiring-subsidy", Part.AMOUNT, question="招一个人现在给多少").lead
    assert "2018年6月5日起" in lead
    assert "此前" not in lead


def test_one_section_is_shown_alone():
    shown = ANSWERS.section(POLICIES["startup-subsidy"], Part.SOURCE, TODAY)
    assert shown.lead == POLICIES["startup-subsidy"].sections[Part.SOURCE]
    assert shown.also == ()
    assert shown.source.url.startswith("https://")


@pytest.mark.parametrize(
    ("status", "until", "today", "note"),
    [
        ("in_force", "", date(2026, 12, 1), "现行有效"),
        ("in_force", "2026-12-31", date(2026, 12, 31), "现行有效"),
        ("in_force", "2026-12-31", date(2027, 1, 1), "已经到期"),
        ("in_force", "", date(2017, 12, 31), "还没有生效"),
        ("in_force", "", date(2027, 5, 23), "最后一次核对"),
        ("expired", "2020-12-31", date(2020, 1, 1), "已经到期"),
        ("historical", "", date(2026, 12, 1), "2018年的做法"),
    ],
)
def test_how_far_an_answer_holds_on_any_day(small, change, status, until, today, note):
    change("startup-subsidy", "status: historical", f"status: {status}")
    change("startup-subsidy", "valid_until:", f"valid_until: {until}")
    answers, policy = of_content(small, "startup-subsidy")
    assert note in answers.answer(policy, {}, "", today).note


@pytest.mark.parametrize("policy", POLICIES)
def test_no_policy_that_has_ended_answers_as_if_in_force(policy):
    ends = POLICIES[policy].valid_until
    for year in range(2015, 2035):
        day = date(year, 6, 1)
        ended = POLICIES[policy].status == "expired" or (ends is not None and ends < day)
        assert not (ended and "现行有效" in answer(policy, today=day).note)


def test_an_answer_cites_every_source_whose_figures_it_shows(phrases):
    said = answer("startup-loan", Part.AMOUNT, question="个人最多贷多少")
    assert {"10万元", "15万元", "400万元"} <= set(re.findall(r"\d+万元", told(said)))
    assert [source.title[:7] for source in said.sources] == [
        "强化“造血”功",
        "河北省创业担保",
        "河北省创业担保",
    ]
    text = phrases.say("answer", answers=(said,))
    assert text.count("来源：") == 1
    assert text.count("》，") == 3
    assert "中国组织人事报，2019-04-19" in text
    assert "河北日报，2019-02-19" in text
    assert "未注明日期" in text


@pytest.mark.parametrize("policy", POLICIES)
@pytest.mark.parametrize("part", [None, *Part])
def test_every_figure_that_is_shown_stands_in_a_cited_source(policy, part):
    said = answer(policy, *([part] if part else []), question="多少钱")
    cited = {source.title for source in said.sources}
    for sentence in parted("\n".join((said.lead, *said.also))):
        for figure in POLICIES[policy].figures:
            alike = {
                each.source for each in POLICIES[policy].figures if each.amount in figure.amount
            }
            if NUMBER.search(figure.amount) and figure.amount in sentence:
                assert cited & {PUBLICATIONS[source].title for source in alike}


def test_what_only_the_article_tells_cites_only_the_article():
    said = ANSWERS.section(POLICIES["startup-subsidy"], Part.RESULTS, TODAY)
    assert [source.issuer for source in said.sources] == ["中国组织人事报"]
    assert "别的文件" not in said.note


def test_the_note_tells_past_practice_from_later_rules_and_from_what_has_ended():
    note = answer("startup-loan", Part.AMOUNT, question="个人最多贷多少").note
    assert note.startswith("一部分是2018年的做法")
    assert note.count("没有核实") == 1
    assert "其中200万元、10万元（到2019年2月18日为止）" in note
    assert note.endswith("是以前的标准。")


def test_a_later_rule_alone_is_not_called_the_past_practice():
    said = answer("unemployment-amount", Part.AMOUNT, question="邢台市区2020年10月1日起多少")
    assert "1432元" in told(said)
    assert "其中法律法规的规定现行有效" in said.note
    assert "没有核实" in said.note


def test_a_law_beside_a_law_needs_no_doubt():
    assert "没有核实" not in answer("unemployment-benefit", Part.CONDITIONS).note


def test_all_sources_are_cited_under_the_section_about_them():
    shown = ANSWERS.section(POLICIES["welfare-posts"], Part.SOURCE, TODAY)
    assert len(shown.sources) == len(POLICIES["welfare-posts"].sources)


def test_a_source_without_a_date_has_none(phrases):
    said = answer("agency-subsidy-2020", Part.AMOUNT)
    assert said.source.published == ""
    assert "未注明日期" in phrases.say("part", answers=(said,))


def dated(policy: str, question: str, today: date = TODAY) -> PolicyAnswer:
    return answer(policy, Part.AMOUNT, question=question, today=today)


def test_the_figure_of_the_period_that_was_asked_for_comes_first_with_the_others_dated():
    said = dated("startup-loan", "2020年个人贷款最多贷多少")
    assert said.lead.index("个人最高15万元") < said.lead.index("10万元")
    assert "此前（2018年1月1日到2019年2月18日）是10万元" in said.lead
    assert "2020年" in said.lead
    said = dated("startup-loan", "2018年个人贷款最多贷多少")
    assert "您问的时期（2018年）是10万元" in said.lead
    assert "后来（2019年2月起）是个人最高15万元" in said.lead


def test_a_period_that_nothing_covers_gets_no_figure_as_its_own():
    said = dated("startup-subsidy", "2015年创业补贴给多少")
    assert "我没有这一时期（2015年）的标准" in said.lead
    assert "5000元（每人，一次性），2018年1月1日起" in said.lead
    assert "5000元" not in "".join(said.also)


def test_the_section_asked_for_is_told_first_even_where_the_source_is_silent():
    said = answer("startup-subsidy", Part.PAPERS, question="一次性创业补贴要啥材料")
    assert said.lead == "一次性创业补贴要交哪些材料，原文未载明。"
    assert "5000元" in "".join(said.also)


def test_today_has_no_figure_when_the_last_one_has_ended():
    said = dated("minimum-wage", "现在最低工资多少")
    assert "我没有这一时期（现在）的标准" in said.lead
    assert said.lead.count("我没有这一时期") == 1  # not for each of the three classes
    assert "您问的时期" not in said.lead
    assert dated("minimum-wage", "2024年最低工资多少").lead.startswith("2023年1月1日起")


def test_a_report_of_an_earlier_time_does_not_tell_of_a_later_one():
    said = dated("startup-subsidy", "去年创业补贴给多少")
    assert "查到的是5000元" in said.lead
    assert "2018年1月1日起" in said.lead
    assert "原文没有写" in said.lead


def test_a_question_without_a_period_is_answered_by_the_articles_figure_first():
    assert "您问的时期" not in dated("startup-loan", "个人贷款最多贷多少").lead
    assert dated("startup-loan", "个人贷款最多贷多少").lead.startswith("创业担保贷款分两种")


def test_the_own_year_of_a_single_figure_needs_no_more_words():
    assert (
        dated("home-processing", "2018年一年能挣多少").lead
        == dated("home-processing", "一年能挣多少").lead
    )


def test_results_of_another_year_are_not_told_as_those_of_the_year_asked_for():
    said = answer("startup-subsidy", Part.RESULTS, question="2020年一共发了多少创业补贴")
    assert said.lead.startswith("2020年的数我没有")
    assert "2018年，全市拨付" in told(said)


@pytest.mark.parametrize("policy", POLICIES)
@pytest.mark.parametrize("year", [1990, 2015, 2018, 2020, 2024, 2026])
def test_every_figure_of_a_period_is_said_with_its_time_and_source(policy, year):
    said = dated(policy, f"{year}年给多少")
    cited = {source.title for source in said.sources}
    for line in re.findall(r"您问的时期（\d+年）是(?!不是)([^，（。]+)", said.lead):
        holding = [each for each in POLICIES[policy].figures if each.amount.startswith(line)]
        days = [date(year, month, day) for month in range(1, 13) for day in (1, 28)]
        days.append(date(year, 12, 31))
        assert any(figure.holds_on(day) for figure in holding for day in days)
        assert cited & {PUBLICATIONS[figure.source].title for figure in holding}
    if "我没有这一时期" in said.lead and "您问的时期" not in said.lead:
        assert not any(NUMBER.search(line) for line in said.also)


def test_what_others_got_in_the_period_is_told_beside_the_gap():
    said = dated("rent-subsidy", "2017年创业租金补贴给多少")
    assert "创业租金补贴：我没有这一时期（2017年）的标准" in said.lead
    assert "小场地（省里的办法）：您问的时期（2017年）是100平方米以下" in said.lead
    assert "保定学院" in {source.issuer for source in said.sources}


def test_an_old_amount_under_a_law_is_not_told_as_todays():
    said = dated("unemployment-amount", "现在失业金一个月多少")
    assert "1432元" in said.lead
    assert "您问的时期（现在）是不是还这样，原文没有写" in said.lead


def test_an_amount_that_still_stands_is_not_called_an_old_one():
    said = answer("startup-subsidy", Part.AMOUNT)
    assert "约2017年到2020年" in told(said)
    assert "以前的标准" not in said.note
