"""Whatever is done in whatever order: nobody is lost, nothing goes back, nobody gets it twice."""

from __future__ import annotations

import asyncio
import shutil
import tempfile
from collections.abc import Coroutine
from pathlib import Path
from typing import Any

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from bot.records.campaign_rows import Campaign, State, WrongState
from bot.records.database import Database
from bot.records.recipient_rows import Due
from bot.records.tables import Fate
from tests.campaigns.conftest import Square, people
from tests.databases import empty_in
from tests.records.conftest import Clock

MANY = 8
# Where each fate may lead. QUEUED again only by a retry, SENDING after UNKNOWN by the policy.
LEADS = {
    Fate.QUEUED: {Fate.SENDING, Fate.SKIPPED, Fate.STOPPED},
    Fate.SENDING: {Fate.SENT, Fate.FAILED, Fate.UNKNOWN, Fate.STOPPED},
    Fate.FAILED: {Fate.QUEUED},
    Fate.UNKNOWN: {Fate.SENDING},
    Fate.SENT: set(),
    Fate.SKIPPED: set(),
    Fate.STOPPED: set(),
}
channels = st.just("telegram")


class Life(RuleBasedStateMachine):
    """One campaign, its steps in any order, results that come late, twice or never."""

    def __init__(self) -> None:
        super().__init__()
        self.loop = asyncio.new_event_loop()
        self.folder = Path(tempfile.mkdtemp())
        self.database = self.do(Database.open(empty_in(self.folder)))
        self.clock = Clock()
        self.clock.pass_minutes(60)
        self.square = Square(self.database, self.clock)
        self.given: list[Due] = []  # everything that ever went to the outbox
        self.steps = 0
        self.retried = False
        self.before: dict[str, Fate] = {}

    def do(self, work: Coroutine[Any, Any, Any]) -> Any:
        return self.loop.run_until_complete(work)

    @initialize(again=st.booleans())
    def begin(self, again: bool) -> None:
        self.again = again
        self.do(self.square.come(*people(MANY)))
        self.campaign: Campaign = self.do(self.square.running(again=again))

    @rule(step=st.sampled_from(["start", "pause", "resume", "cancel", "retry", "end"]))
    def take_a_step(self, step: str) -> None:
        self.steps += 1
        store, number = self.square.campaigns, self.campaign.number
        try:
            if step == "end":
                self.do(store.end(number))
            else:
                self.do(getattr(store, step)(number, "anna", f"{step} {self.steps}"))
                self.retried = self.retried or step == "retry"
        except WrongState:
            pass

    @precondition(lambda self: self.state() is State.RUNNING)
    @rule(most=st.integers(1, 4), again=st.booleans())
    def feed(self, most: int, again: bool) -> None:
        if again and not self.again:
            return
        number = self.campaign.number
        dues = self.do(self.square.recipients.take(number, "telegram", most, again=again))
        refs = [it.ref for it in self.given]
        assert not {it.ref for it in dues} & set(refs)
        self.given += dues

    @precondition(lambda self: self.given)
    @rule(data=st.data(), state=st.sampled_from(["sent", "failed", "unknown", "gone", "withheld"]))
    def hear_of_one(self, data: st.DataObject, state: str) -> None:
        due = data.draw(st.sampled_from(self.given))
        self.do(self.square.settle(due.ref, state, "Bad Request"))

    @rule(number=st.integers(1, MANY))
    def somebody_opts_out(self, number: int) -> None:
        self.do(self.square.mute(f"telegram:{number}"))

    @precondition(lambda self: self.state() is State.CANCELLED)
    @rule(most=st.integers(1, 4))
    def sweep(self, most: int) -> None:
        self.do(self.square.recipients.stop(self.campaign.number, "cancelled", most))

    def state(self) -> State | None:
        if not hasattr(self, "campaign"):
            return None
        found: Campaign = self.do(self.square.campaigns.get(self.campaign.number))
        return found.state

    @invariant()
    def nobody_is_lost_and_nothing_goes_back(self) -> None:
        if not hasattr(self, "campaign"):
            return
        number = self.campaign.number
        counts, frozen = self.do(self.square.recipients.counts_with_total(number))
        assert sum(counts.values()) == frozen == MANY
        lines = self.do(self.square.recipients.listed(number, list(Fate), 0, 99))
        now = {it.urn: it.fate for it in lines}
        for urn, fate in now.items():
            was = self.before.get(urn, fate)
            assert fate is was or fate in LEADS[was], (urn, was, fate)
        self.before = now
        attempts = [it.attempt for it in lines]
        assert self.retried or max(attempts) <= 1 + self.again

    def teardown(self) -> None:
        self.do(self.database.close())
        self.loop.close()
        shutil.rmtree(self.folder)


TestLife = Life.TestCase
TestLife.settings = settings(max_examples=25, stateful_step_count=25, deadline=None)
