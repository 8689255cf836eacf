# SPDX-License-Identifier: AGPL-3.0-or-later
from datetime import timedelta
from uuid import uuid4

import pytest

from terreau.agreements.actions import acceptance, agreements, commitments, endings
from terreau.agreements.actions.commitments import Look
from terreau.agreements.actions.contributions import Right, rectify
from terreau.agreements.convention import paper_of, return_of
from terreau.agreements.enums import VersionState
from terreau.agreements.models import Agreement, AgreementVersion, Commitment, Posting
from terreau.agreements.queries import agreements as queries
from terreau.agreements.queries.exports import commitments_sheet
from terreau.agreements.queries.statement import Period, statement
from terreau.core import clock
from terreau.core.errors import EditConflict, Invalid, KeyReused, NotAllowed
from terreau.core.quantities import MICRO
from tests.agreements.factories import (
    LONG,
    accept,
    add,
    give,
    make_draft,
    make_place,
    open_version,
    promise,
)

pytestmark = pytest.mark.django_db

SOON = clock.today() + timedelta(days=90)


@pytest.fixture
def place():
    return make_place()


def test_nothing_counts_before_every_party_validated(place):
    version = open_version(place)
    commitment = add(place, version, make_draft(place))
    agreements.propose(by=place.alice, version=version)
    ours, theirs = version.parties.order_by("pk")
    validation = acceptance.Validation("conseil", LONG, "délibération 12")

    acceptance.agree(by=place.alice, party=ours)
    acceptance.validate(by=place.alice, party=ours, validation=validation)
    acceptance.agree(by=place.basile, party=theirs)
    assert Posting.objects.count() == 0
    acceptance.validate(by=place.basile, party=theirs, validation=validation)

    version.refresh_from_db()
    assert (version.state, version.accepted_on) == (VersionState.ACCEPTED, LONG)
    assert Posting.objects.get().commitment == commitment


def test_validating_twice_posts_once(place):
    version = open_version(place)
    add(place, version, make_draft(place))
    accept(place, version)

    for party in version.parties.all():
        by = place.alice if party.agent == place.halte else place.basile
        said = acceptance.Validation(party.validated_by, party.validated_on, party.document)
        acceptance.validate(by=by, party=party, validation=said)

    assert Posting.objects.count() == 1


def test_the_team_agrees_before_the_council_validates(place):
    version = open_version(place)
    add(place, version, make_draft(place))
    agreements.propose(by=place.alice, version=version)
    party = version.parties.get(agent=place.council)
    validation = acceptance.Validation("conseil", LONG)

    with pytest.raises(Invalid):
        acceptance.validate(by=place.basile, party=party, validation=validation)
    with pytest.raises(NotAllowed):
        acceptance.agree(by=place.alice, party=party)


def test_not_this_year_is_a_normal_state_and_may_change(place):
    version = open_version(place)
    add(place, version, make_draft(place))
    agreements.propose(by=place.alice, version=version)
    party = version.parties.get(agent=place.council)

    acceptance.decline(by=place.basile, party=party, words="Pas cette année : le budget est voté.")
    party.refresh_from_db()
    assert (party.declined_on, party.agreed_on) == (clock.today(), None)

    acceptance.agree(by=place.basile, party=party)
    party.refresh_from_db()
    assert (party.declined_on, party.declined_words, party.agreed_on) == (None, "", clock.today())


def test_a_declined_promise_stays_readable_and_is_not_posted(place):
    version = open_version(place)
    kept = add(place, version, make_draft(place, 10))
    declined = add(place, version, make_draft(place, 5, words="Cinq de plus"))
    commitments.decline_commitment(by=place.alice, commitment=declined, words="Pas cette année.")
    accept(place, version)

    assert [line.commitment for line in Posting.objects.all()] == [kept]
    assert list(queries.my_promises(place.alice, place.ecosystem)) == [kept]
    with pytest.raises(NotAllowed):
        commitments.decline_commitment(by=place.basile, commitment=kept, words="")


def test_a_declined_promise_is_not_slipped_back_under_a_party_that_said_yes(place):
    version = open_version(place)
    add(place, version, make_draft(place, 10))
    declined = add(place, version, make_draft(place, 5, words="Cinq de plus"))
    agreements.propose(by=place.alice, version=version)
    commitments.decline_commitment(by=place.alice, commitment=declined, words="Pas cette année.")
    taken = commitments.take_up_again(by=place.alice, commitment=declined)
    assert taken.declined_on is None
    commitments.decline_commitment(by=place.alice, commitment=declined, words="Finalement non.")
    acceptance.agree(by=place.basile, party=version.parties.get(agent=place.council))

    with pytest.raises(Invalid, match="nouvelle version"):
        commitments.take_up_again(by=place.alice, commitment=declined)

    declined.refresh_from_db()
    assert declined.declined_on == clock.today()


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"receiver_id": "self"}, "receiver"),
        ({"words": "  "}, "words"),
        ({"words": "a" * 5000}, "words"),
        ({"kind": "money", "unit": "eur", "quantity": 30.001}, "quantity"),
        ({"kind": "money", "unit": "eur", "receiver_id": "all"}, "receiver"),
        ({"kind": "place", "unit": "m2", "receiver_id": "all"}, "receiver"),
        ({"kind": "money", "unit": "hour"}, "unit"),
        ({"quantity": 0}, "quantity"),
        ({"quantity": -5}, "quantity"),
        ({"provider_id": "person", "free": False, "in_return_of": "other"}, "in_return_of"),
        ({"provider_id": "person", "nature": "result"}, "nature"),
        ({"volunteers": True, "nature": "result"}, "nature"),
        ({"in_return_of": "other", "free": True}, "in_return_of"),
        ({"receiver_id": 10**6}, "receiver"),
    ],
)
def test_what_cannot_be_promised_is_refused_with_its_field(place, changes, field):
    version = open_version(place)
    other = add(place, version, make_draft(place, words="Autre"))
    named = {
        "self": place.halte.pk,
        "all": place.ecosystem.agent_id,
        "person": place.alice.agent_id,
        "other": (other.pk,),
    }
    changes = {name: named.get(value, value) for name, value in changes.items()}

    with pytest.raises(Invalid) as refusal:
        add(place, version, make_draft(place, **changes))

    assert (refusal.value.field, version.commitments.count()) == (field, 1)


def test_a_proposed_text_stays_as_it_is(place):
    version = open_version(place)
    commitment = add(place, version, make_draft(place))
    agreements.propose(by=place.alice, version=version)

    with pytest.raises(Invalid):
        add(place, version, make_draft(place))
    with pytest.raises(Invalid):
        commitments.remove_commitment(by=place.alice, commitment=commitment)
    with pytest.raises(Invalid):
        agreements.write_version(by=place.alice, version=version, edited=1, texts={})


def test_two_people_editing_one_text_lose_none(place):
    version = open_version(place)
    agreements.write_version(
        by=place.alice, version=version, edited=1, texts={"preamble": "Le mien"}
    )

    with pytest.raises(EditConflict) as conflict:
        agreements.write_version(
            by=place.basile, version=version, edited=1, texts={"preamble": "Le sien"}
        )

    shown = (conflict.value.stored["preamble"], conflict.value.yours["preamble"])
    assert shown == ("Le mien", "Le sien")


def test_a_stranger_writes_in_no_agreement(place):
    version = open_version(place, parties=[])

    with pytest.raises(NotAllowed):
        commitments.add_commitment(
            by=place.basile, version=version, key=uuid4(), draft=make_draft(place)
        )


def test_money_without_a_receiver_cannot_be_proposed(place):
    version = open_version(place)
    add(place, version, make_draft(place, receiver_id=None))

    with pytest.raises(Invalid, match="Dites qui reçoit"):
        agreements.propose(by=place.alice, version=version)


def stand(commitment):
    row = Commitment.objects.select_related("version").get(pk=commitment.pk)
    return queries.progress_of([row])[row.pk]


def next_version(place, commitment, **changes):
    """Another version in which one promise changes, accepted by all."""
    agreement = Agreement.objects.get(pk=commitment.version.agreement_id)
    version = agreements.change(by=place.alice, agreement=agreement, words="On ajuste")
    copy = version.commitments.get(previous=commitment)
    draft = make_draft(place, **{"words": copy.words, **changes})
    commitments.edit_commitment(by=place.alice, commitment=copy, edited=1, draft=draft)
    accept(place, version)
    return copy


def test_a_new_version_keeps_what_was_given_and_enters_the_rest_again(place):
    first = promise(place, 100)
    give(place, 30, commitment_id=first.pk)

    second = next_version(place, first, quantity=150)

    assert stand(second).fulfilled == 30 * MICRO
    assert stand(second).remaining == 120 * MICRO
    assert (stand(first).committed, stand(first).remaining) == (0, 0)
    give(place, 120, commitment_id=second.pk)
    assert stand(second).remaining == 0


def test_a_new_version_without_change_keeps_the_same_line(place):
    first = promise(place, 100)
    lines = list(Posting.objects.values_list("ledger_id", "withdrawn_on"))

    second = next_version(place, first, quantity=100, words="Dit autrement")

    assert list(Posting.objects.values_list("ledger_id", "withdrawn_on")) == lines
    assert Posting.objects.get().commitment == second


def test_rectifying_what_was_given_before_a_new_version_still_counts_for_it(place):
    first = promise(place, 1000)
    row = give(place, 62, commitment_id=first.pk)
    second = next_version(place, first, quantity=900)

    right = Right(620 * MICRO, "hour", clock.today())
    rectify(by=place.alice, contribution=row, key=uuid4(), right=right)

    assert (stand(second).fulfilled, stand(second).remaining) == (620 * MICRO, 280 * MICRO)


def test_a_dropped_promise_expects_nothing_more(place):
    version = open_version(place)
    kept = add(place, version, make_draft(place, 10))
    dropped = add(place, version, make_draft(place, 50, words="À retirer"))
    accept(place, version)
    give(place, 20, commitment_id=dropped.pk)
    second = agreements.change(by=place.alice, agreement=version.agreement)
    commitments.remove_commitment(
        by=place.alice, commitment=second.commitments.get(previous=dropped)
    )

    accept(place, second)

    assert (stand(dropped).committed, stand(dropped).remaining) == (20 * MICRO, 0)
    (line,) = statement(place.alice, place.ecosystem, place.halte.pk, Period())
    assert (line.promised.committed, line.remaining) == (30 * MICRO, 10 * MICRO)
    assert stand(second.commitments.get(previous=kept)).remaining == 10 * MICRO


def test_while_a_new_version_is_written_the_accepted_one_holds(place):
    first = promise(place, 100)
    agreement = first.version.agreement
    second = agreements.change(by=place.alice, agreement=agreement)
    agreements.propose(by=place.alice, version=second)

    assert list(queries.my_promises(place.alice, place.ecosystem)) == [first]
    third = agreements.change(by=place.alice, agreement=agreement)
    assert third.commitments.get().previous == first


def test_a_review_keeps_adjusts_or_stops(place):
    commitment = promise(place, 100, review_on=clock.today())
    assert list(queries.to_review(place.basile, place.ecosystem)) == [commitment]
    give(place, 30, commitment_id=commitment.pk)
    key = uuid4()

    for _ in range(2):
        look = Look("keep", "Cela tient.", next_on=SOON)
        commitments.review(by=place.basile, commitment=commitment, key=key, look=look)
    commitment.refresh_from_db()
    assert (commitment.review_on, commitment.reviews.count()) == (SOON, 1)

    adjust = Look("adjust", "Moins d'heures")
    commitments.review(by=place.alice, commitment=commitment, key=uuid4(), look=adjust)
    draft = commitment.version.agreement.versions.first()
    assert (draft.number, draft.state) == (2, VersionState.DRAFT)

    close = Look("close", "Plus d'encadrant.", kept="no")
    commitments.review(by=place.alice, commitment=commitment, key=uuid4(), look=close)
    commitment.refresh_from_db()
    assert (commitment.kept, commitment.closed_on) == ("no", clock.today())
    assert (stand(commitment).committed, stand(commitment).remaining) == (30 * MICRO, 0)
    assert list(queries.to_review(place.basile, place.ecosystem)) == []
    with pytest.raises(NotAllowed):
        commitments.review(by=place.chloe, commitment=commitment, key=uuid4(), look=close)


def test_a_promise_in_words_is_not_posted(place):
    commitment = promise(place, None, kind="risk", nature="attention", unit="")

    assert Posting.objects.count() == 0
    assert queries.with_progress([commitment])[0].progress is None


def test_engaging_opens_an_agreement_once(place):
    key, draft = uuid4(), make_draft(place)

    rows = [
        commitments.engage(
            by=place.alice, ecosystem=place.ecosystem, key=key, draft=draft, where=""
        )
        for _ in range(2)
    ]

    assert rows[0] == rows[1]
    agreement = Agreement.objects.get()
    assert (agreement.name, agreement.author) == ("Tenir le téléphone", place.halte)
    assert set(agreement.versions.get().parties.values_list("agent", flat=True)) == {
        place.halte.pk,
        place.council.pk,
    }


def test_ending_an_agreement_leaves_what_was_given_and_expects_nothing_more(place):
    commitment = promise(place, 100)
    give(place, 30, commitment_id=commitment.pk)
    agreement = commitment.version.agreement
    agreements.change(by=place.alice, agreement=agreement)

    for _ in range(2):
        endings.end_agreement(by=place.basile, agreement=agreement, words="Le projet est passé.")

    assert (stand(commitment).committed, stand(commitment).remaining) == (30 * MICRO, 0)
    assert list(queries.my_promises(place.alice, place.ecosystem)) == []
    agreement.refresh_from_db()
    assert (agreement.ended_on, agreement.ended_words) == (clock.today(), "Le projet est passé.")
    with pytest.raises(Invalid):
        agreements.change(by=place.alice, agreement=agreement)


def test_a_version_being_written_may_be_given_up_but_not_the_only_one(place):
    commitment = promise(place, 100)
    draft = agreements.change(by=place.alice, agreement=commitment.version.agreement)
    only = open_version(place, "Un autre")

    endings.drop_draft(by=place.basile, version=draft)

    assert list(queries.my_promises(place.alice, place.ecosystem)) == [commitment]
    with pytest.raises(Invalid):
        endings.drop_draft(by=place.alice, version=only)
    with pytest.raises(NotAllowed):
        endings.end_agreement(by=place.chloe, agreement=only.agreement)


def test_a_page_shown_before_a_version_was_proposed_cannot_change_it(place):
    version = open_version(place)
    commitment = add(place, version, make_draft(place))
    shown = AgreementVersion.objects.get(pk=version.pk)
    late = Commitment.objects.select_related("version").get(pk=commitment.pk)
    accept(place, version)

    with pytest.raises(Invalid, match="ne change plus"):
        add(place, shown, make_draft(place, words="Ajouté trop tard"))
    with pytest.raises(Invalid, match="a été accepté"):
        commitments.decline_commitment(by=place.alice, commitment=late, words="Trop tard")

    assert version.commitments.count() == 1


def test_a_key_that_came_with_another_quantity_is_refused(place):
    key, here = uuid4(), {"by": place.alice, "ecosystem": place.ecosystem}
    first = commitments.engage(**here, key=key, draft=make_draft(place, 10), where="")

    assert commitments.engage(**here, key=key, draft=make_draft(place, 10), where="") == first
    with pytest.raises(KeyReused):
        commitments.engage(**here, key=key, draft=make_draft(place, 11), where="")


def test_nothing_is_promised_in_return_for_what_a_person_gives(place):
    version = open_version(place)
    hers = add(place, version, make_draft(place, provider_id=place.alice.agent_id))
    paid = {"free": False, "kind": "money", "unit": "eur", "in_return_of": (hers.pk,)}

    with pytest.raises(Invalid, match="librement"):
        add(place, version, make_draft(place, **paid))

    lab = add(place, version, make_draft(place, provider_id=place.lab.pk))
    add(place, version, make_draft(place, **{**paid, "in_return_of": (lab.pk,)}))
    theirs = make_draft(place, provider_id=place.alice.agent_id)
    with pytest.raises(Invalid, match="librement"):
        commitments.edit_commitment(by=place.alice, commitment=lab, edited=1, draft=theirs)


def test_a_promise_stopped_while_it_is_accepted_anew_is_entered_again(place):
    first = promise(place, 100)
    give(place, 30, commitment_id=first.pk)
    version = agreements.change(by=place.alice, agreement=first.version.agreement)
    stop = Look("close", "On s'arrête là.")
    commitments.review(by=place.alice, commitment=first, key=uuid4(), look=stop)

    accept(place, version)

    second = version.commitments.get()
    give(place, 5, commitment_id=second.pk)
    assert (stand(second).fulfilled, stand(second).remaining) == (35 * MICRO, 65 * MICRO)


def test_a_promise_is_not_declined_under_a_party_that_said_yes(place):
    version = open_version(place)
    add(place, version, make_draft(place, 10))
    given = add(place, version, make_draft(place, 5, words="Cinq de plus"))
    agreements.propose(by=place.alice, version=version)
    acceptance.agree(by=place.basile, party=version.parties.get(agent=place.council))

    with pytest.raises(Invalid, match="nouvelle version"):
        commitments.decline_commitment(by=place.alice, commitment=given, words="Finalement non.")

    given.refresh_from_db()
    assert given.declined_on is None


def test_a_name_and_the_figures_of_a_promise_are_shown_by_a_conflict_too(place):
    version = open_version(place)
    commitment = add(place, version, make_draft(place, 10))
    agreements.write_version(by=place.basile, version=version, edited=1, texts={"name": "Le leur"})
    twelve = make_draft(place, 12)
    commitments.edit_commitment(by=place.basile, commitment=commitment, edited=1, draft=twelve)

    with pytest.raises(EditConflict) as texts:
        agreements.write_version(
            by=place.alice, version=version, edited=1, texts={"name": "Le mien", "preamble": "Oui"}
        )
    with pytest.raises(EditConflict) as figures:
        ours = make_draft(place, 10, words="Dit autrement", period="week")
        commitments.edit_commitment(by=place.alice, commitment=commitment, edited=1, draft=ours)

    assert (texts.value.stored["name"], texts.value.yours["name"]) == ("Le leur", "Le mien")
    shown = ("words", "quantity", "period", "receiver", "volunteers")
    council = str(place.council.pk)
    assert [
        [said[name] for name in shown] for said in (figures.value.stored, figures.value.yours)
    ] == [
        ["Tenir le téléphone", "12", "", council, "non"],
        ["Dit autrement", "10", "week", council, "non"],
    ]


def test_a_counterpart_that_was_declined_is_no_counterpart(place):
    version = open_version(place)
    declined = add(place, version, make_draft(place, 5, words="Prêter la salle"))
    kept = make_draft(place, 10, words="Tenir le guichet", free=False, in_return_of=(declined.pk,))
    add(place, version, kept)
    before = {line.code for line in paper_of(version, place.alice).helps}

    commitments.decline_commitment(by=place.alice, commitment=declined, words="")
    paper = paper_of(version, place.alice)

    (promise_left,) = paper.running
    assert ("contrepartie" in before, return_of(promise_left)) == (
        False,
        "La Halte : Prêter la salle (pas cette année)",
    )
    assert "contrepartie" in {line.code for line in paper.helps}
    sheet = commitments_sheet(place.alice, place.ecosystem)
    column = list(sheet.headers).index("pas cette année")
    assert [row[column] for row in sheet.rows] == ["oui", ""]
