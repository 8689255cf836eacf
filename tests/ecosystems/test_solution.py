# SPDX-License-Identifier: AGPL-3.0-or-later
"""« Notre solution »: kept once, edited without loss, no maillon waiting for itself."""

from datetime import date, timedelta
from uuid import uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from terreau.core import clock
from terreau.core.errors import EditConflict, Invalid, KeyReused, NotAllowed, NotFound
from terreau.ecosystems.actions import solution as actions
from terreau.ecosystems.actions.records import Edit, Filing
from terreau.ecosystems.actions.solution import MaillonLinks, MaillonText, PerformanceText
from terreau.ecosystems.enums import MaillonNature, MaillonState, Standing
from terreau.ecosystems.models import Bearer, Ecosystem, Maillon, Presence
from terreau.ecosystems.queries.solution import scene_of, solution_of
from terreau.ecosystems.rules.solution import closes_a_circle, moved
from terreau.people.enums import Level, RoleKind
from terreau.people.models import User
from terreau.people.visibility import NOBODY
from tests.ecosystems.solutions import filing, make_maillon, make_performance
from tests.factories import join, make_ecosystem, make_organisation, make_user, represent


@pytest.fixture
def ecosystem(db) -> Ecosystem:
    return make_ecosystem()


@pytest.fixture
def alice(ecosystem) -> User:
    return join(make_user("Alice"), ecosystem)


# Pure rules


def test_a_circle_of_needs_is_seen_through_others():
    needs = {1: {2}, 2: {3}, 4: {1}}

    assert closes_a_circle(needs, 3, {1}) is True
    assert closes_a_circle(needs, 3, {3}) is True
    assert closes_a_circle(needs, 4, {3}) is False
    assert closes_a_circle(needs, None, {1, 2, 3}) is False


@given(st.lists(st.tuples(st.integers(0, 7), st.sets(st.integers(0, 7), max_size=3))))
def test_needs_accepted_one_by_one_never_make_a_circle(changes):
    needs: dict[int, set[int]] = {}
    for maillon, wanted in changes:
        others = {key: value for key, value in needs.items() if key != maillon}
        if not closes_a_circle(others, maillon, wanted):
            needs[maillon] = wanted

    def reached(start: int) -> set[int]:
        found, ahead = set(), list(needs.get(start, ()))
        while ahead:
            here = ahead.pop()
            if here not in found:
                found.add(here)
                ahead += needs.get(here, ())
        return found

    assert all(maillon not in reached(maillon) for maillon in range(8))


@given(st.permutations(range(6)), st.integers(0, 5), st.booleans())
def test_moving_keeps_everything(order, one, up):
    changed = moved(list(order), one, up=up)

    assert sorted(changed) == list(range(6))
    assert abs(changed.index(one) - order.index(one)) <= 1


# Keeping and changing


def test_a_maillon_is_kept_once_for_a_key(ecosystem, alice):
    once = filing()
    text = MaillonText("Voitures partagées", MaillonNature.GOOD)

    first = actions.add_maillon(by=alice, ecosystem=ecosystem, filing=once, text=text)
    second = actions.add_maillon(by=alice, ecosystem=ecosystem, filing=once, text=text)

    assert first == second
    assert (first.space, first.author, first.level) == (
        ecosystem.circle,
        alice.agent,
        Level.CIRCLE,
    )
    with pytest.raises(KeyReused):
        other = MaillonText("Autre chose", MaillonNature.GOOD)
        actions.add_maillon(by=alice, ecosystem=ecosystem, filing=once, text=other)


@pytest.mark.parametrize(
    ("text", "field"),
    [
        (MaillonText("  ", MaillonNature.GOOD), "name"),
        (MaillonText("x" * 5000, MaillonNature.GOOD), "name"),
        (MaillonText("Vélos", "inconnue"), "nature"),
        (MaillonText("Vélos", MaillonNature.GOOD, state="cassé"), "state"),
    ],
)
def test_wrong_words_are_refused_with_their_field(ecosystem, alice, text, field):
    with pytest.raises(Invalid) as caught:
        actions.add_maillon(by=alice, ecosystem=ecosystem, filing=filing(), text=text)

    assert caught.value.field == field
    assert not Maillon.objects.exists()


def test_somebody_from_outside_adds_nothing(ecosystem):
    with pytest.raises(NotAllowed):
        make_maillon(make_user("Bob"), ecosystem)


def test_nobody_writes_in_another_name(ecosystem, alice):
    other = Filing(uuid4(), author=make_organisation("La Halte"))

    with pytest.raises(NotAllowed, match="La Halte"):
        text = PerformanceText("Arriver à 5 h")
        actions.add_performance(by=alice, ecosystem=ecosystem, filing=other, text=text)


def test_two_people_editing_lose_nothing(ecosystem, alice):
    maillon = make_maillon(alice, ecosystem, note="au départ")
    bob = join(make_user("Bob"), ecosystem)
    edit = Edit(maillon.version, Level.CIRCLE)
    links = MaillonLinks()
    mine = MaillonText("Voitures", MaillonNature.GOOD, note="celle d'Alice")
    his = MaillonText("Voitures", MaillonNature.GOOD, note="celle de Bob")
    actions.edit_maillon(by=alice, maillon=maillon, edit=edit, text=mine, links=links)

    with pytest.raises(EditConflict) as caught:
        stale = Maillon.objects.get(pk=maillon.pk)
        actions.edit_maillon(by=bob, maillon=stale, edit=edit, text=his, links=links)

    assert caught.value.stored["note"] == "celle d'Alice"
    assert caught.value.yours["note"] == "celle de Bob"
    assert Maillon.objects.get().note == "celle d'Alice"


def test_a_circle_of_needs_is_refused_and_changes_nothing(ecosystem, alice):
    first = make_maillon(alice, ecosystem, "Téléphone")
    second = make_maillon(alice, ecosystem, "Voitures", depends_on=(first,))

    with pytest.raises(Invalid) as caught:
        actions.edit_maillon(
            by=alice,
            maillon=first,
            edit=Edit(first.version, Level.CIRCLE),
            text=MaillonText("Téléphone unique", MaillonNature.INFORMATION),
            links=MaillonLinks(depends_on=(second,)),
        )

    stored = Maillon.objects.get(pk=first.pk)
    assert caught.value.field == "depends_on"
    assert (stored.name, stored.depends_on.count()) == ("Téléphone", 0)


def test_a_link_that_one_may_not_read_is_kept(ecosystem, alice):
    bob = join(make_user("Bob"), ecosystem)
    secret = make_performance(bob, ecosystem, "À moi seul", level=Level.AUTHOR)
    seen = make_performance(bob, ecosystem)
    maillon = make_maillon(bob, ecosystem, performances=(secret, seen))

    actions.edit_maillon(
        by=alice,
        maillon=maillon,
        edit=Edit(maillon.version, Level.CIRCLE),
        text=MaillonText("Voitures", MaillonNature.GOOD),
        links=MaillonLinks(),
    )

    assert list(maillon.performances.all()) == [secret]


def test_linking_to_another_ecosystem_is_refused(ecosystem, alice):
    elsewhere = make_ecosystem("Ailleurs")
    join(alice, elsewhere)
    foreign = make_performance(alice, elsewhere)

    with pytest.raises(Invalid):
        make_maillon(alice, ecosystem, performances=(foreign,))


@pytest.mark.parametrize("level", [Level.PUBLIC, Level.ECOSYSTEM, Level.AUTHOR])
def test_who_reads_is_for_its_author_and_stewards(ecosystem, alice, level):
    maillon = make_maillon(alice, ecosystem)
    bob = join(make_user("Bob"), ecosystem)
    pilot = join(make_user("Samir"), ecosystem, RoleKind.PILOT)
    text = MaillonText("Voitures", MaillonNature.GOOD)
    change = {"maillon": maillon, "edit": Edit(1, level), "text": text, "links": MaillonLinks()}

    with pytest.raises(Invalid) as caught:
        actions.edit_maillon(by=bob, **change)
    stored = Maillon.objects.get().level
    actions.edit_maillon(by=pilot, **change)

    assert (caught.value.field, stored) == ("level", Level.CIRCLE)
    assert Maillon.objects.get().level == level


# Who takes charge


def test_taking_charge_has_days_and_stays_written(ecosystem, alice):
    halte = represent(make_user("Samir"), make_organisation("La Halte"), ecosystem)
    maillon = make_maillon(alice, ecosystem)
    since = clock.today() - timedelta(days=30)

    bearer = actions.take_charge(by=alice, maillon=maillon, agent=halte, since=since)
    again = actions.take_charge(by=alice, maillon=maillon, agent=halte)
    actions.leave_charge(by=alice, bearer=bearer, until=clock.today() - timedelta(days=1))

    assert again == bearer
    assert [(b.agent, b.since) for b in Bearer.objects.all()] == [(halte, since)]
    assert solution_of(ecosystem, alice).unborne[0].maillon == maillon


def test_charge_does_not_end_before_it_began(ecosystem, alice):
    bearer = actions.take_charge(
        by=alice, maillon=make_maillon(alice, ecosystem), agent=alice.agent
    )

    with pytest.raises(Invalid) as caught:
        actions.leave_charge(by=alice, bearer=bearer, until=clock.today() - timedelta(days=1))

    assert caught.value.field == "until"


@pytest.mark.parametrize("day", [date(1200, 1, 1), date(9999, 12, 31)])
def test_charge_begins_and_ends_on_days_that_people_live(ecosystem, alice, day):
    maillon = make_maillon(alice, ecosystem)

    with pytest.raises(Invalid) as begun:
        actions.take_charge(by=alice, maillon=maillon, agent=alice.agent, since=day)
    bearer = actions.take_charge(by=alice, maillon=maillon, agent=alice.agent)
    with pytest.raises(Invalid) as ended:
        actions.leave_charge(by=alice, bearer=bearer, until=day)

    assert (begun.value.field, ended.value.field) == ("since", "until")


def test_only_somebody_who_is_here_takes_charge(ecosystem, alice):
    with pytest.raises(Invalid):
        actions.take_charge(
            by=alice, maillon=make_maillon(alice, ecosystem), agent=make_organisation()
        )


def test_removing_is_for_its_author_and_not_for_what_has_a_history(ecosystem, alice):
    bob = join(make_user("Bob"), ecosystem)
    plain, borne = make_maillon(alice, ecosystem), make_maillon(alice, ecosystem, "Vélos")
    actions.take_charge(by=alice, maillon=borne, agent=bob.agent)

    with pytest.raises(NotAllowed):
        actions.remove(by=bob, record=plain)
    with pytest.raises(Invalid, match="histoire"):
        actions.remove(by=alice, record=borne)
    actions.remove(by=alice, record=plain)

    assert list(Maillon.objects.all()) == [borne]


def test_moving_changes_the_order_within_a_nature(ecosystem, alice):
    names = ("un", "deux", "trois")
    first, second, third = (make_maillon(alice, ecosystem, name) for name in names)

    actions.move(by=alice, record=third, up=True)
    actions.move(by=alice, record=first, up=True)

    assert [link.maillon for link in solution_of(ecosystem, alice).links] == [first, third, second]


# Reading


def test_the_solution_names_what_is_missing_and_puts_options_apart(ecosystem, alice):
    use = make_performance(alice, ecosystem)
    missing = make_maillon(alice, ecosystem, "Retour", state=MaillonState.MISSING)
    option = make_maillon(alice, ecosystem, "Appli", state=MaillonState.MISSING, holds_without=True)
    rule = make_maillon(alice, ecosystem, "Créneaux", nature=MaillonNature.RULE)

    solution = solution_of(ecosystem, alice)

    assert [link.maillon for link in solution.missing] == [missing]
    assert [link.maillon for link in solution.options] == [option]
    assert [(word, [x.maillon for x in links]) for word, links in solution.groups] == [
        ("bien", [missing]),
        ("règle", [rule]),
    ]
    assert solution.performances == (use,)


def test_the_public_reads_only_what_is_public_and_who_agreed(ecosystem, alice):
    halte = represent(make_user("Samir"), make_organisation("La Halte"), ecosystem)
    garage = represent(make_user("Paul"), make_organisation("Le garage"), ecosystem)
    Presence.objects.create(
        ecosystem=ecosystem,
        agent=halte,
        space=ecosystem.circle,
        author=halte,
        recorded_by=alice.agent,
        standing=Standing.AGREED,
        agreed_on=clock.today(),
    )
    secret = make_maillon(alice, ecosystem, "Secret")
    public = make_maillon(alice, ecosystem, "Voitures", level=Level.PUBLIC, depends_on=(secret,))
    for agent in (halte, garage):
        actions.take_charge(by=alice, maillon=public, agent=agent)

    (link,) = solution_of(ecosystem, NOBODY).links

    assert (link.maillon, link.needs) == (public, ())
    assert ([b.agent for b in link.bearers], link.unnamed) == ([halte], 1)
    assert scene_of(solution_of(ecosystem, NOBODY), lambda *_: "#").pieces[0].bearers == (
        "La Halte",
        "1 autre",
    )


@pytest.mark.parametrize("count", [1, 30])
def test_reading_the_solution_takes_the_same_queries_for_any_size(
    ecosystem, alice, count, django_assert_num_queries
):
    use = make_performance(alice, ecosystem)
    before = None
    for number in range(count):
        before = make_maillon(
            alice,
            ecosystem,
            f"Maillon {number}",
            performances=(use,),
            depends_on=(before,) if before else (),
        )
        actions.take_charge(by=alice, maillon=before, agent=alice.agent)

    with django_assert_num_queries(6):
        scene = scene_of(solution_of(ecosystem, alice), lambda *_: "#")

    assert len(scene.pieces) == count


def test_nobody_changes_what_they_do_not_see(ecosystem, alice):
    maillon = make_maillon(join(make_user("Bob"), ecosystem), ecosystem, level=Level.AUTHOR)

    with pytest.raises(NotFound):
        actions.move(by=alice, record=maillon, up=True)


def test_a_link_added_meanwhile_is_shown_and_not_taken_away(ecosystem, alice):
    maillon = make_maillon(alice, ecosystem, "Le minibus")
    other = make_maillon(alice, ecosystem, "Le garage")
    edit, text = Edit(maillon.version, Level.CIRCLE), MaillonText("Le minibus", maillon.nature)
    links = MaillonLinks(depends_on=[other])
    actions.edit_maillon(by=alice, maillon=maillon, edit=edit, text=text, links=links)

    with pytest.raises(EditConflict) as caught:
        actions.edit_maillon(
            by=join(make_user("Bob"), ecosystem),
            maillon=Maillon.objects.get(pk=maillon.pk),
            edit=edit,
            text=text,
            links=MaillonLinks(),
        )

    told = (caught.value.stored["depends_on"], caught.value.yours["depends_on"])
    assert told == ("Le garage", "")
    assert list(maillon.depends_on.all()) == [other]
