"""Who hears a sentence, and what comes of it: one turn, without any storage or network."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from bot.pipeline.messages import Button, Message, SaidLine, channel_of
from bot.pipeline.routing import Meant, Off, Routing
from bot.pipeline.sessions import Session
from bot.pipeline.switches import BOT
from bot.words import Words
from dialogs.menu import menu_options
from dialogs.talk import Heard, Kind, Outcome, Reply, Script

HELD_FOR = 2 * 3600.0  # seconds that a person holds a talk without saying anything
STALE_AFTER = 3600.0  # seconds: what was spoken of longer ago is no context any more


def nothing_is_off(*names: str) -> bool:
    """The switches of a hotline without any."""
    return False


def nothing_else(sentence: str) -> str | None:
    """Every sentence is for the default script."""
    return None


@dataclass(frozen=True, slots=True)
class Spoken:
    """One thing to say, rendered, with why it is said."""

    text: str
    buttons: tuple[Button, ...]
    script: str
    outcome: Outcome
    policies: tuple[str, ...]
    evidence: Mapping[str, object]

    def message(self, urn: str, ref: str, at: float) -> Message:
        """As the outbox takes it."""
        return Message(urn, ref, self.text, self.buttons, at)

    def line(self, urn: str, event: str, ref: str, at: float, asked: str) -> SaidLine:
        """As the journal takes it; `asked`: the visitor's words it replies to."""
        labels = [button.label for button in self.buttons]
        cited = list(self.policies)
        return SaidLine(
            event, ref, urn, at, self.text, labels, self.script, self.outcome, cited,
            self.evidence, asked,
        )  # fmt: skip


@dataclass(frozen=True, slots=True)
class Turn:
    """What one heard thing led to: the session afterwards and everything said."""

    session: Session
    spoken: list[Spoken] = field(default_factory=list)


class Switchboard:
    """Takes each heard thing to the script that it is meant for."""

    def __init__(
        self,
        scripts: Mapping[str, Script],
        words: Words,
        commands: Mapping[str, str],
        notice: str,
        off: Off = nothing_is_off,
        meant: Meant = nothing_else,
    ) -> None:
        """`commands`: spoken form -> command (back, cancel, person, or a script). `notice`: version
        of the notice shown at first contact. `off`: whether any of these was switched off.
        `meant`: the script that a sentence asks for outright, if it is not the default one."""
        self._scripts = scripts
        self._words = words
        self._commands = commands
        self._notice = notice
        self._off = off
        self._meant = meant

    async def take(
        self, before: Session, heard: Heard, visitor: str, event: str, at: float
    ) -> Turn:
        """One turn. Pure but for the effects of the script: `before` is left as it was."""
        session = replace(before, answers=dict(before.answers), at=at)
        if at - before.at > STALE_AFTER:
            session.about, session.lately, session.offered, session.labels = [], "", [], []
        match heard.kind:
            case Kind.LEFT | Kind.RETURNED:
                return Turn(session)
            case Kind.TAKEN_OVER:
                return self._taken_over(session, heard.text, at)
            case Kind.GIVEN_BACK:
                return self._given_back(session)
        if session.held and at < session.held_until:
            return Turn(session)  # the person hears it
        session.held = ""
        if self._off(BOT, f"channel:{channel_of(visitor)}"):
            return Turn(session, [self._rendered("switchboard", Reply("switchboard.closed"))])
        routing = Routing(
            self._scripts, self._commands, session, visitor, event, self._off, self._meant
        )
        if session.greeted != self._notice:
            routing.replies.append(("greeting", Reply("greeting.first")))
            session.greeted = self._notice
        await routing.hear(heard)
        spoken = [self._rendered(script, reply) for script, reply in routing.replies]
        if spoken:
            session.offered = [button.send for button in spoken[-1].buttons]
            session.labels = [button.label for button in spoken[-1].buttons]
        return Turn(session, spoken)

    def _taken_over(self, session: Session, name: str, at: float) -> Turn:
        """The bot is silent from now on; whoever takes over twice is announced once."""
        spoken = (
            []
            if session.held == name
            else [self._rendered("desk", Reply("desk.joined", {"name": name}))]
        )
        session.held, session.held_until = name, at + HELD_FOR
        session.script, session.answers = None, {}
        return Turn(session, spoken)

    def _given_back(self, session: Session) -> Turn:
        if not session.held:
            return Turn(session)
        name, session.held = session.held, ""
        left = Reply("desk.left", {"name": name}, menu_options())
        return Turn(session, [self._rendered("desk", left)])

    def apology(self) -> Spoken:
        """What a visitor hears whose message could not be dealt with."""
        return self._rendered("switchboard", Reply("switchboard.failed", options=menu_options()))

    def _rendered(self, script: str, reply: Reply) -> Spoken:
        text, buttons = self._words.render(reply), self._words.buttons(reply)
        return Spoken(text, buttons, script, reply.outcome, reply.policies, reply.evidence)
