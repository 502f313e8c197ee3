"""What staff read of campaigns: states, reasons, figures, and what was wrong with a draft."""

from __future__ import annotations

from datetime import datetime

from bot.clock import ZONE
from bot.jobs.audience import NAMES
from bot.jobs.campaigns.desk import Preview, Progress, Report
from bot.jobs.campaigns.texts import WordsRefused
from bot.jobs.query_words import AudienceError
from bot.records.campaign_rows import (
    NeedsApproval,
    NoSuchCampaign,
    OwnApproval,
    State,
    Step,
    WrongState,
)
from bot.records.recipient_rows import Recipient
from bot.records.tables import Fate
from bot.sheets import Cell, Sheet, write_book
from bot.words import Words

REASONS = frozenset({
    "left", "opted_out", "unreachable", "cap", "blocked", "cancelled", "expired", "erased",
    "filled",
})  # fmt: skip
GOT = (Fate.SENT,)
MISSED = (Fate.FAILED, Fate.UNKNOWN, Fate.SKIPPED, Fate.STOPPED)
MISTAKES = (AudienceError, WordsRefused, NoSuchCampaign, WrongState, NeedsApproval, OwnApproval)


class CampaignWording:
    """Puts them into words."""

    def __init__(self, words: Words) -> None:
        self._words = words

    def mistake(self, error: Exception, number: int = 0) -> str:
        """What was wrong, for who made it; `error` is one of MISTAKES."""
        match error:
            case AudienceError(words=words, at=at, found=found):
                return self._words.say(words, at=at + 1, found=found, names=list(NAMES))
            case WordsRefused(words=words, facts=facts):
                return self._words.say(words, **facts)
            case NoSuchCampaign():
                return self._say("no_such", number=number)
            case WrongState(state=state):
                return self._say("wrong_state", number=number, state=self.state(state))
            case NeedsApproval():
                return self._say("needs_approval")
            case _:
                return self._say("own_approval")

    def state(self, state: State) -> str:
        """How far it is."""
        return self._say(f"state_{state.value}")

    def fate(self, fate: Fate) -> str:
        """What became of somebody."""
        return self._say(f"fate_{fate.value}")

    def reason(self, reason: str | None) -> str:
        """Why; what the network said is shown as it is."""
        return self._say(f"reason_{reason}") if reason in REASONS else reason or ""

    def time(self, at: datetime | None) -> str:
        """A moment in Xingtai."""
        return "" if at is None else at.astimezone(ZONE).strftime("%Y-%m-%d %H:%M:%S")

    def preview(self, preview: Preview) -> str:
        """What would happen."""
        skipped = sorted(preview.counts.skipped.items())
        return self._say(
            "preview",
            counts=preview.counts,
            channels=[(self.channel(it), many) for it, many
                      in sorted(preview.counts.by_channel.items())],
            skipped=[(self.reason(it), many) for it, many in skipped],
            ends_at=self.time(preview.ends_at) or self._say("never"),
            needs_approval=preview.needs_approval,
            samples=preview.samples,
        )  # fmt: skip

    def channel(self, channel: str) -> str:
        """What staff call it."""
        return self._words.texts.get(f"review.channel_{channel}", channel)

    def rate(self, progress: Progress) -> str:
        """How fast it goes, and until when."""
        ends_at = self.time(progress.ends_at) or self._say("never")
        return self._say("rate", rate=round(progress.rate, 1), ends_at=ends_at)

    def report(self, report: Report) -> str:
        """What came of it."""
        progress = report.progress
        campaign = progress.campaign
        return self._say(
            "report",
            number=campaign.number,
            name=campaign.draft.name,
            state=self.state(campaign.state),
            reason=campaign.state_reason or "",
            frozen=campaign.frozen,
            counts=[(self.fate(it), many) for it, many in progress.counts.items() if many],
            erased=progress.erased,
            reasons=[(self.fate(it), self.reason(why), many) for (it, why), many
                     in sorted(report.reasons.items(), key=lambda item: -item[1])],
            echo=report.echo,
        )  # fmt: skip

    def step(self, step: Step) -> str:
        """Who did what."""
        action = self._say(f"action_{step.action}")
        detail = step.detail or ""
        at = self.time(step.at)
        return self._say("history_line", at=at, action=action, staff=step.staff, detail=detail)

    def book(self, report: Report, missed: list[Recipient], got: list[Recipient]) -> bytes:
        """An Excel file: the figures, everybody who did not get it with the reason, and who did."""
        counts = report.progress.counts
        figures: list[list[Cell]] = [[self.fate(it), many] for it, many in counts.items()]
        item, count = self._say("sheet_item"), self._say("sheet_count")
        names = ("urn", "channel", "county", "fate", "reason", "at", "ref")
        header = tuple(self._say(f"sheet_{name}") for name in names)
        return write_book([
            Sheet(self._say("sheet_summary"), (item, count), figures),
            Sheet(self._say("sheet_missed"), header, [self._row(it) for it in missed]),
            Sheet(self._say("sheet_got"), header, [self._row(it) for it in got]),
        ])  # fmt: skip

    def _row(self, it: Recipient) -> list[Cell]:
        at = it.done_at and it.done_at.astimezone(ZONE)
        fate, reason = self.fate(it.fate), self.reason(it.reason)
        return [it.urn, it.channel, it.county, fate, reason, at, it.ref]

    def _say(self, key: str, **facts: object) -> str:
        return self._words.say(f"campaigns.{key}", **facts)
