# SPDX-License-Identifier: AGPL-3.0-or-later
"""How each action that takes a key is tried (``tests.keys``), but for the ledger's."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta
from functools import partial
from uuid import uuid4

from terreau.agreements.actions import (
    agreements,
    commitments,
    contributions,
    discussions,
    sharing,
    stocks,
    valuation,
)
from terreau.agreements.actions import landmarks as landmark_actions
from terreau.core import clock
from terreau.core.quantities import MICRO
from terreau.ecosystems.actions import (
    aim,
    decisions,
    effects,
    guests,
    handover,
    interim,
    logbook,
    presence,
    solution,
    words,
)
from terreau.ecosystems.actions import ecosystem as ecosystem_actions
from terreau.ecosystems.actions.records import Filing
from terreau.ecosystems.enums import Milestone
from terreau.ecosystems.models import Interim
from terreau.people import actions as people
from terreau.people import tokens
from terreau.people.enums import RoleKind
from terreau.people.models import Role
from terreau.programmes import actions as programmes
from terreau.publishing.actions import messages
from terreau.publishing.enums import MessageKind
from terreau.territories.models import Territory
from tests.agreements import factories as promised
from tests.agreements import test_sharing as sharing_cases
from tests.agreements import test_stocks as stock_cases
from tests.agreements import test_valuation as valuation_cases
from tests.ecosystems.factories import begin
from tests.factories import join, make_ecosystem, make_organisation, make_user, represent
from tests.keys import Case, case
from tests.publishing.factories import make_sheet


@case(agreements.open_agreement)
def _open_agreement(key):
    place = promised.make_place()
    opening = agreements.Opening("Notre accord", place.halte.pk, [place.council.pk])
    open_one = partial(
        agreements.open_agreement, by=place.alice, ecosystem=place.ecosystem, key=key
    )
    wider = replace(opening, parties=[place.council.pk, place.lab.pk])
    return Case(lambda: open_one(opening=opening), lambda: open_one(opening=wider))


@case(commitments.add_commitment)
def _add_commitment(key):
    place = promised.make_place()
    version, draft = promised.open_version(place), promised.make_draft(place)
    before = promised.add(place, version, replace(draft, words="Prêter une salle"))
    add = partial(commitments.add_commitment, by=place.alice, version=version, key=key)
    returned = replace(draft, in_return_of=[before.pk])
    return Case(lambda: add(draft=draft), lambda: add(draft=returned))


def _both_sides(place):
    draft = promised.make_draft(place, free=False)
    return draft, replace(draft, provider_id=place.council.pk, receiver_id=place.halte.pk)


@case(commitments.add_pair)
def _add_pair(key):
    place = promised.make_place()
    draft, back = _both_sides(place)
    add = partial(
        commitments.add_pair,
        by=place.alice,
        version=promised.open_version(place),
        key=key,
        draft=draft,
    )
    return Case(lambda: add(back=back), lambda: add(back=replace(back, words="Autre chose")))


@case(commitments.engage)
def _engage(key):
    place = promised.make_place()
    draft, back = _both_sides(place)
    engage = partial(
        commitments.engage,
        by=place.alice,
        ecosystem=place.ecosystem,
        key=key,
        draft=draft,
        back=back,
    )
    return Case(lambda: engage(where=""), lambda: engage(where="Un autre accord"))


@case(commitments.review)
def _review(key):
    place = promised.make_place()
    look = commitments.Look("close", kept="kept")
    review = partial(
        commitments.review, by=place.basile, commitment=promised.promise(place), key=key
    )
    return Case(lambda: review(look=look), lambda: review(look=replace(look, kept="partly")))


@case(contributions.contribute)
def _contribute(key):
    place = promised.make_place()
    gift = promised.make_gift(place)
    contribute = partial(
        contributions.contribute, by=place.alice, ecosystem=place.ecosystem, key=key
    )
    return Case(lambda: contribute(gift=gift), lambda: contribute(gift=replace(gift, word="x")))


@case(sharing.write_rule)
def _write_rule(key):
    place = promised.make_place()
    write = partial(
        sharing.write_rule,
        by=place.alice,
        ecosystem=place.ecosystem,
        key=key,
        rule=sharing_cases.HOURS,
    )
    return Case(lambda: write(words="Aux heures."), lambda: write(words="Autrement."))


@case(sharing.share)
def _share(key):
    place = promised.make_place()
    promised.give(place)
    rule, gift = sharing_cases.adopted(place), sharing_cases.money(place)
    wanted = sharing_cases.wanted_of(rule, gift)
    share = partial(sharing.share, by=place.pilot, ecosystem=place.ecosystem, key=key)
    return Case(lambda: share(wanted=wanted), lambda: share(wanted=replace(wanted, title="x")))


@case(valuation.note_valuation)
def _note_valuation(key):
    place = promised.make_place()
    note = partial(
        valuation.note_valuation,
        by=place.pilot,
        ecosystem=place.ecosystem,
        key=key,
        convention=valuation_cases.convention(),
    )
    dearer = valuation_cases.TIME._replace(micro=MICRO)
    return Case(lambda: note(prices=[valuation_cases.TIME]), lambda: note(prices=[dearer]))


@case(stocks.open_stock)
def _open_stock(key):
    place = promised.make_place()
    opening = stock_cases.opening_of(place)
    open_one = partial(stocks.open_stock, by=place.alice, ecosystem=place.ecosystem, key=key)
    other = replace(opening, name="Autre")
    return Case(lambda: open_one(opening=opening), lambda: open_one(opening=other))


@case(stocks.count_again)
def _count_again(key):
    place = promised.make_place()
    pk = stock_cases.opened(place)
    count = partial(stock_cases.recount, place, pk, 7, key=key)
    return Case(lambda: count(9), lambda: count(8))


@case(stocks.hand_over)
def _hand_over(key):
    place = promised.make_place()
    pk = stock_cases.opened(place)
    hand = partial(stock_cases.handed, place, place.alice, pk, place.halte.pk, key=key)
    return Case(lambda: hand(place.council.pk), lambda: hand(place.lab.pk))


@case(contributions.undo)
def _undo(key):
    place = promised.make_place()
    one, another = promised.give(place), promised.give(place)
    undo = partial(contributions.undo, by=place.alice, key=key)
    return Case(lambda: undo(contribution=one), lambda: undo(contribution=another))


@case(contributions.rectify)
def _rectify(key):
    place = promised.make_place()
    right = contributions.Right(5 * MICRO, "hour", clock.today())
    rectify = partial(
        contributions.rectify, by=place.alice, contribution=promised.give(place), key=key
    )
    return Case(
        lambda: rectify(right=right), lambda: rectify(right=replace(right, quantity=6 * MICRO))
    )


@case(discussions.open_discussion)
def _open_discussion(key):
    place = promised.make_place()
    opening = discussions.Opening("Parlons-en.", place.lab.pk)
    talk = partial(
        discussions.open_discussion,
        by=place.basile,
        contribution=promised.give(place),
        key=key,
    )
    alone = replace(opening, third_id=None)
    return Case(lambda: talk(opening=opening), lambda: talk(opening=alone))


def _discussed(place):
    opening = discussions.Opening("Parlons-en.")
    return discussions.open_discussion(
        by=place.basile, contribution=promised.give(place), key=uuid4(), opening=opening
    )


@case(discussions.say)
def _say(key):
    place = promised.make_place()
    say = partial(discussions.say, by=place.alice, discussion=_discussed(place), key=key)
    return Case(lambda: say(text="J'ai compté."), lambda: say(text="J'ai recompté."))


@case(discussions.agree_end)
def _agree_end(key):
    place = promised.make_place()
    one, another = _discussed(place), _discussed(place)
    for talk in (one, another):
        discussions.propose_end(by=place.alice, discussion=talk, quantity=MICRO, lesson="Compter.")
    agree = partial(discussions.agree_end, by=place.basile, key=key)
    return Case(lambda: agree(discussion=one), lambda: agree(discussion=another))


@case(landmark_actions.add_landmark)
def _add_landmark(key):
    place = promised.make_place()
    count = landmark_actions.Count(
        "trajets", 12 * MICRO, "trajets", date(2025, 1, 1), date(2025, 2, 1), "La Halte"
    )
    add = partial(landmark_actions.add_landmark, by=place.alice, ecosystem=place.ecosystem, key=key)
    return Case(lambda: add(count=count), lambda: add(count=replace(count, source="Le Labo")))


@case(messages.write_message)
def _write_message(key):
    write = partial(
        messages.write_message,
        sheet=make_sheet(),
        kind=MessageKind.REMOVE,
        key=key,
        address="192.0.2.1",
    )
    said = {"sender": "Odile", "answer_to": "odile@example.org", "text": "Bonjour"}
    other = {**said, "answer_to": "ailleurs@example.org"}
    return Case(lambda: write(words=said), lambda: write(words=other))


@case(programmes.create_programme)
def _create_programme(key):
    said = programmes.Said(name="Territoires", host="Agence", starts_on=date(2024, 1, 1))
    admin = make_user("Administratrice", is_superuser=True)
    create = partial(programmes.create_programme, by=admin, key=key)
    return Case(lambda: create(said=said), lambda: create(said=replace(said, host="Région")))


@case(people.invite)
def _invite(key):
    ecosystem = begin(pilot := make_user("Samir"))
    invite = partial(
        people.invite,
        by=pilot,
        space=ecosystem.circle,
        email="a@exemple.invalid",
        key=key,
        address="https://exemple.invalid/TOKEN/",
    )
    return Case(
        lambda: invite(role_kind=RoleKind.PARTNER), lambda: invite(role_kind=RoleKind.PILOT)
    )


@case(tokens.make_token)
def _make_token(key):
    make = partial(
        tokens.make_token, by=make_user(), scopes="read", expires_on=clock.today(), key=key
    )
    return Case(lambda: make(name="Tableur"), lambda: make(name="Robot"))


@case(people.open_guest_link)
def _open_guest_link(key):
    ecosystem = begin(pilot := make_user("Samir"))
    open_link = partial(
        people.open_guest_link, by=pilot, space=ecosystem.space, label="Affiche", key=key
    )
    return Case(lambda: open_link(question="Et vous ?"), lambda: open_link(question="Et toi ?"))


@case(ecosystem_actions.start)
def _start(key):
    beginning = ecosystem_actions.Beginning(
        name=f"Aller et revenir {key}", sentence="Que chacun puisse s'y rendre."
    )
    start = partial(ecosystem_actions.start, by=make_user("Samir"), key=key)
    there = replace(beginning, territories=[Territory.objects.get(kind="department", code="63")])
    return Case(lambda: start(beginning=beginning), lambda: start(beginning=there))


@case(presence.add_actor)
def _add_actor(key):
    ecosystem = begin(pilot := make_user("Samir"))
    actor = presence.NewActor(name="La Halte")
    add = partial(presence.add_actor, by=pilot, ecosystem=ecosystem, key=key)
    return Case(lambda: add(actor=actor), lambda: add(actor=replace(actor, place="Clairsault")))


@case(handover.hand_over)
def _hand_over(key):
    ecosystem = make_ecosystem()
    pilot = join(make_user("Alice"), ecosystem, RoleKind.PILOT)
    one, another = (join(make_user(name), ecosystem).agent for name in ("Bob", "Chloé"))
    hand_over = partial(
        handover.hand_over,
        by=pilot,
        ecosystem=ecosystem,
        role=Role.objects.get(agent=pilot.agent),
        on=clock.today(),
        key=key,
    )
    return Case(lambda: hand_over(to=one), lambda: hand_over(to=another))


@case(guests.leave_word)
def _leave_word(key):
    ecosystem = begin(pilot := make_user("Samir"))
    _, token = people.open_guest_link(by=pilot, space=ecosystem.space, label="Affiche")
    leave = partial(guests.leave_word, token=token, key=key, text="Plus de bus le samedi.")
    return Case(lambda: leave(name="Une voix"), lambda: leave(name="Une autre"))


@case(logbook.write_entry)
def _write_entry(key):
    ecosystem = begin(pilot := make_user("Samir"))
    lines = logbook.Lines(clock.today(), "Trois voitures partagées.")
    write = partial(logbook.write_entry, by=pilot, ecosystem=ecosystem, key=key)
    return Case(lambda: write(lines=lines), lambda: write(lines=replace(lines, text="Deux.")))


@case(logbook.log_milestone)
def _log_milestone(key):
    ecosystem = begin(pilot := make_user("Samir"))
    # Its key follows from the change that it tells: what was told first stays.
    return Case(
        lambda: logbook.log_milestone(
            by=pilot.agent, ecosystem=ecosystem, milestone=Milestone.ROLE, text="x", key=key
        ),
        None,
    )


@case(interim.start_job)
def _start_job(key):
    ecosystem = make_ecosystem()
    alice, bob = make_user("Alice"), make_user("Bob")
    halte = represent(alice, make_organisation("La Halte"), ecosystem)
    social = represent(bob, make_organisation("Le centre social"), ecosystem)
    asked = interim.ask_interim(by=alice, ecosystem=ecosystem, organisation=halte, person=bob.agent)
    interim.second_interim(by=bob, interim=asked, organisation=social)
    Interim.objects.filter(pk=asked.pk).update(starts_at=clock.now() - timedelta(hours=1))
    return Case(lambda: interim.start_job(payload={"interim": asked.pk}, key=str(key)), None)


def _filed(action: Callable, **said: object) -> None:
    """Register an action that files one record: ``said`` holds, by name, what is said and not."""

    @case(action)
    def prepare(key):
        ecosystem = begin(pilot := make_user("Samir"))
        first = {name: one for name, (one, _) in said.items()}
        other = {name: another for name, (_, another) in said.items()}
        do = partial(action, by=pilot, ecosystem=ecosystem, filing=Filing(key))
        return Case(lambda: do(**first), lambda: do(**other))


_filed(aim.propose_aim, text=("Que chacun arrive", "Que chacun reparte"))
_filed(
    decisions.decide,
    text=("On se dit tout", "On se dit tout"),
    day=(date(2025, 1, 1), date(2025, 1, 2)),
)
_filed(words.add_stake, said=({"label": "Le samedi"}, {"label": "Le dimanche"}))
_filed(
    words.add_obstacle,
    said=({"words": "Le temps", "year": 2025}, {"words": "Le temps", "year": 2024}),
)
_filed(
    words.add_word,
    said=({"word": "Relais", "meaning": "un lieu"}, {"word": "Relais", "meaning": "une heure"}),
)
_filed(
    solution.add_performance,
    text=(solution.PerformanceText("Arriver à cinq heures"), solution.PerformanceText("Dormir")),
)
_filed(effects.add_beneficiary, label=("intérimaires", "apprentis"))
_filed(
    effects.add_effect,
    words=(
        effects.FirstWords("Trois emplois gardés", "intérimaires"),
        effects.FirstWords("Quatre emplois gardés", "intérimaires"),
    ),
)


@case(solution.add_maillon)
def _add_maillon(key):
    ecosystem = begin(pilot := make_user("Samir"))
    use = solution.add_performance(
        by=pilot,
        ecosystem=ecosystem,
        filing=Filing(uuid4()),
        text=solution.PerformanceText("Arriver à cinq heures"),
    )
    add = partial(
        solution.add_maillon,
        by=pilot,
        ecosystem=ecosystem,
        filing=Filing(key),
        text=solution.MaillonText("Ligne de covoiturage", "service"),
    )
    return Case(add, lambda: add(links=solution.MaillonLinks(performances=[use])))


@case(aim.disagree)
def _disagree(key):
    ecosystem = begin(pilot := make_user("Samir"))
    proposed = aim.propose_aim(
        by=pilot, ecosystem=ecosystem, filing=Filing(uuid4()), text="Que chacun arrive"
    )
    disagree = partial(aim.disagree, by=pilot, aim=proposed, filing=Filing(key))
    return Case(lambda: disagree(text="Et le retour ?"), lambda: disagree(text="Et l'aller ?"))
