# SPDX-License-Identifier: AGPL-3.0-or-later
"""What was promised: agreements opened, agreed by the teams, validated, looked at again."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

from terreau.agreements.actions.acceptance import Validation, agree, validate
from terreau.agreements.actions.agreements import Opening, open_agreement, propose
from terreau.agreements.actions.commitments import (
    Draft,
    Look,
    add_commitment,
    decline_commitment,
    edit_commitment,
    review,
)
from terreau.agreements.models import AgreementVersion, Commitment, Party
from terreau.core import clock, quantities
from terreau.demo.cast import Cast
from terreau.demo.chronicle import speaker
from terreau.demo.timeline import Timeline, key, read
from terreau.people.models import Agent

Told = dict[str, Any]


class Promises:
    """The agreements of the story, and each commitment by the name the data give it."""

    def __init__(self, timeline: Timeline, cast: Cast) -> None:
        self.timeline, self.cast = timeline, cast
        self.commitments: dict[str, Commitment] = {}
        self.versions: dict[str, AgreementVersion] = {}

    def tell(self) -> None:
        """Note everything on the timeline."""
        for told in read("agreements")["agreements"]:
            self._on(told["ago"], self._write, told)
            for name, (ago, body, document) in told["validated"].items():
                self._on(ago, self._accept, told["id"], name, Told(body=body, document=document))
            for name in told.get("team_only", ()):
                self._on(told["ago"] - 5, self._accept, told["id"], name, None)
            for commitment in told["commitments"]:
                if "kept" in commitment:
                    self._on(233, self._look_again, commitment)

    def receiver(self, name: str) -> Agent:
        """Return who receives: an organisation of the story, or « nous tous »."""
        return self.cast.place.agent if name == "ecosystem" else self.cast.agents[name]

    def _on(self, ago: int, deed: Callable[..., object], *told: object) -> None:
        self.timeline.add(ago, partial(deed, *told))

    def _write(self, told: Told) -> None:
        author = told["parties"][0]
        by, agents = speaker(self.cast, author), self.cast.agents
        opening = Opening(
            name=told["name"],
            author_id=agents[author].pk,
            parties=[agents[name].pk for name in told["parties"]],
            preamble=told["preamble"],
            duration=told.get("duration", "Un an, puis nous relisons."),
        )
        place = self.cast.place
        version = open_agreement(
            by=by, ecosystem=place, key=key("agreement", told["id"]), opening=opening
        )
        self.versions[told["id"]] = version
        for commitment in told["commitments"]:
            self._add(by_name=author, version=version, told=commitment)
        for commitment in told["commitments"]:
            self._tie(by_name=author, told=commitment)
        for commitment in told["commitments"]:
            if "refused" in commitment:
                decline_commitment(
                    by=speaker(self.cast, commitment["by"]),
                    commitment=self.commitments[commitment["id"]],
                    words=commitment["refused"],
                )
        propose(by=by, version=version)

    def _add(self, *, by_name: str, version: AgreementVersion, told: Told) -> None:
        self.commitments[told["id"]] = add_commitment(
            by=speaker(self.cast, by_name),
            version=version,
            key=key("commitment", told["id"]),
            draft=self._draft(told, in_return_of=()),
        )

    def _tie(self, *, by_name: str, told: Told) -> None:
        """Say in return for which other promises: they all stand by now."""
        if "return" not in told:
            return
        commitment = self.commitments[told["id"]]
        commitment.refresh_from_db()
        others = [self.commitments[name].pk for name in told["return"]]
        edit_commitment(
            by=speaker(self.cast, by_name),
            commitment=commitment,
            edited=commitment.edited,
            draft=self._draft(told, in_return_of=others),
        )

    def _draft(self, told: Told, *, in_return_of: Any) -> Draft:
        counted = "quantity" in told
        return Draft(
            provider_id=self.cast.agents[told["by"]].pk,
            receiver_id=self.receiver(told["to"]).pk,
            words=told["words"],
            kind=told["kind"],
            nature=told["nature"],
            quantity=quantities.parse(told["quantity"]) if counted else None,
            unit=told["unit"] if counted else "",
            period=told.get("period", ""),
            review_on=self.timeline.day(told["review"]) if "review" in told else None,
            free=told.get("free", False),
            volunteers=told["by"] in ("conduite", "matinales"),
            in_return_of=in_return_of,
        )

    def _accept(self, agreement: str, name: str, told: Told | None) -> None:
        party = Party.objects.get(version=self.versions[agreement], agent=self.cast.agents[name])
        by = speaker(self.cast, name)
        party = agree(by=by, party=party)
        if told is not None:
            said = Validation(body=told["body"], day=clock.today(), document=told["document"])
            validate(by=by, party=party, validation=said)

    def _look_again(self, told: Told) -> None:
        look = Look(outcome="close", words=told["kept_words"], kept=told["kept"])
        review(
            by=speaker(self.cast, told["by"]),
            commitment=self.commitments[told["id"]],
            key=key("review", told["id"]),
            look=look,
        )
