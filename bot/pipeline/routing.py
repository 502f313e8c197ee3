"""Where one heard thing goes: to the script that runs, to one that it starts, or to an order that
is obeyed anywhere."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from bot.pipeline.pressing import as_press, bare
from bot.pipeline.sessions import Session
from dialogs.menu import menu, menu_options, person
from dialogs.talk import (
    Anew,
    HandOver,
    Heard,
    Kind,
    Option,
    Outcome,
    Pause,
    Reply,
    Script,
    Talk,
    is_kept,
)

Off = Callable[..., bool]
Meant = Callable[[str], str | None]

DEFAULT_SCRIPT = "policy"  # hears every sentence that no running script waits for
RESUME = "resume"  # takes up what was put aside
MOST_ASIDES = 2  # other questions in a row after each of which a script asks its own again


class Routing:
    """One turn while it is taken: `session` changes with it, `replies` gathers what each script
    says."""

    def __init__(
        self,
        scripts: Mapping[str, Script],
        commands: Mapping[str, str],
        session: Session,
        visitor: str,
        event: str,
        off: Off,
        meant: Meant,
    ) -> None:
        """`commands`, `off` and `meant`: as Switchboard has them."""
        self.replies: list[tuple[str, Reply]] = []
        self._scripts = scripts
        self._commands = commands
        self._session = session
        self._visitor = visitor
        self._event = event
        self._off = off
        self._meant = meant

    async def hear(self, heard: Heard) -> None:
        """Take one heard thing to whom it is for."""
        heard = as_press(heard, self._session.labels, self._session.offered)
        await self._take(heard, self._command(heard))

    async def _take(self, heard: Heard, command: str | None) -> None:
        """To whom it is for; what no conversation takes is heard as if there were none."""
        session = self._session
        before = session.script, dict(session.answers)
        try:
            await self._bring(heard, command)
        except Anew:
            is_running = command is None and heard.start is None
            session.script, session.answers = (None, {}) if is_running else before
            if heard.start is not None:
                await self._start("menu")
            else:
                await self._take(heard, None)

    async def _bring(self, heard: Heard, command: str | None) -> None:
        """To the script that it is meant for."""
        is_words = heard.kind is not Kind.UNREADABLE
        if command is not None:
            await self._obey(command)
        elif heard.start is not None:
            await self._start(heard.start)
        elif not is_words and not (heard.picture and self._session.script):
            self._reply("switchboard", Reply("switchboard.unreadable"))
        elif self._session.script is not None:
            await self._continue(heard)
        elif heard.question is not None:
            self._reply("switchboard", Reply("switchboard.expired", options=menu_options()))
        elif heard.kind in (Kind.CONTACT, Kind.LOCATION):
            self._reply("switchboard", Reply("switchboard.unasked", options=menu_options()))
        elif heard.text.strip():
            await self._start(self._meant(heard.text) or DEFAULT_SCRIPT, heard)
        else:
            await self._start("menu")

    def _command(self, heard: Heard) -> str | None:
        if heard.kind is not Kind.WORDS:
            return None
        return self._commands.get(bare(heard.text).lower())

    async def _obey(self, command: str) -> None:
        match command:
            case "back":
                await self._back()
            case "cancel":
                self._leave()
                reply = Reply("switchboard.cancelled", options=menu_options())
                self._reply("switchboard", reply)
            case "person":
                await self._start("handoff")
            case script:
                await self._start(script)

    async def _back(self) -> None:
        session = self._session
        answered = [name for name in session.answers if not is_kept(name)]
        if session.script is None or not answered:
            await self._start("menu")
            return
        names = list(session.answers)
        for name in names[names.index(answered[-1]) :]:  # and what was kept since
            del session.answers[name]
        await self._run(None)

    async def _start(self, script: str, heard: Heard | None = None) -> None:
        if script == RESUME and self._session.shelved:
            return await self._resume()
        if script.partition("?")[0] not in self._scripts:
            script = "menu"
        self._session.script, self._session.answers = script, {}
        self._session.asides = 0
        if heard is not None:
            self._session.lately = heard.text
        await self._run(heard)
        return None

    async def _continue(self, heard: Heard) -> None:
        """The running script hears it; what it cannot read may still be a policy question."""
        try:
            await self._run(heard)
            self._session.asides = 0
        except _Unread as unread:
            answered = await self._answered(heard)
            if answered is not None:
                self._aside(heard.text, answered, unread.pause.prompt)
            else:
                complaint = unread.pause.complaint
                if complaint is not None:
                    self._reply("switchboard", complaint)
                self._reply(self._name(), unread.pause.prompt)

    def _aside(self, asked: str, answered: Reply, prompt: Reply) -> None:
        """Another question was answered: ask what was being asked again, or put it aside for who
        has other things in mind, so that no later word is taken for an answer to it."""
        session = self._session
        self._reply(DEFAULT_SCRIPT, answered)
        session.about, session.lately = list(answered.policies) or session.about, asked
        session.asides += 1
        if session.asides <= MOST_ASIDES:
            return self._reply(self._name(), prompt)
        session.shelved = [session.script, session.answers]
        self._leave()
        options = (Option.start("buttons.resume", RESUME), person(), menu())
        return self._reply("switchboard", Reply("switchboard.put_aside", options=options))

    async def _resume(self) -> None:
        """Ask again what was put aside."""
        session = self._session
        session.script, answers = session.shelved
        session.answers, session.shelved, session.asides = dict(answers), [], 0
        await self._run(None)

    async def _answered(self, heard: Heard) -> Reply | None:
        """The answer, if the sentence is clearly a policy question; what it may be about, if it
        is likely one."""
        if heard.kind is not Kind.WORDS:
            return None
        talk = self._talk(DEFAULT_SCRIPT, {}, heard, is_aside=True)
        try:
            reply = await self._scripts[DEFAULT_SCRIPT](talk)
        except (Pause, HandOver):
            return None
        return reply if reply.outcome in (Outcome.ANSWERED, Outcome.CHOICES) else None

    async def _run(self, heard: Heard | None) -> None:
        session = self._session
        name = self._name()
        if name not in self._scripts:  # a deploy has taken the script away
            await self._start("menu")
            return
        if self._off(f"dialog:{name.partition('.')[0]}"):
            self._leave()
            self._reply("switchboard", Reply("switchboard.dialog_off", options=menu_options()))
            return
        talk = self._talk(session.script or "", session.answers, heard)
        try:
            reply = await self._scripts[name](talk)
        except HandOver as over:
            await self._start(over.script)
            return
        except Pause as pause:
            session.answers = talk.answers
            if pause.complaint is not None:
                raise _Unread(pause) from pause
            reply = pause.prompt
        else:
            self._leave()
        self.replies += [(name, said) for said in talk.said]
        self._reply(name, reply)
        if reply.policies:
            session.about = list(reply.policies)

    def _talk(
        self,
        script: str,
        answers: Mapping[str, str],
        heard: Heard | None,
        *,
        is_aside: bool = False,
    ) -> Talk:
        session = self._session
        return Talk(
            self._visitor,
            self._event,
            script,
            answers=answers,
            heard=heard,
            about=tuple(session.about),
            lately=session.lately,
            is_aside=is_aside,
        )

    def _name(self) -> str:
        return (self._session.script or "").partition("?")[0]

    def _leave(self) -> None:
        self._session.script, self._session.answers = None, {}

    def _reply(self, script: str, reply: Reply) -> None:
        self.replies.append((script, reply))


class _Unread(Exception):
    """The running question could not read what was heard."""

    def __init__(self, pause: Pause) -> None:
        super().__init__(pause.prompt.words)
        self.pause = pause
