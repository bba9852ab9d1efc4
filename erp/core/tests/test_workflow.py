"""State diagrams: what is not drawn is refused."""

from typing import Any

import pytest
from django.apps import apps

from erp.core.errors import DomainError
from erp.core.workflow import Workflow

FLOWS = [model for model in apps.get_models() if hasattr(model, "WORKFLOW")]


def test_a_drawn_move_is_allowed_and_any_other_refused() -> None:
    flow = Workflow({"draft": ["sent"], "sent": ["done"]})
    flow.check("draft", "sent")
    assert flow.allows("sent", "done")
    for old, new in [("draft", "done"), ("sent", "draft"), ("done", "draft"), ("?", "sent")]:
        assert not flow.allows(old, new)
        with pytest.raises(DomainError) as refusal:
            flow.check(old, new)
        assert refusal.value.code == "invalid_transition"


def test_a_status_does_not_follow_itself() -> None:
    with pytest.raises(DomainError):
        Workflow({"draft": ["sent"]}).check("draft", "draft")


def test_there_are_workflows_to_look_at() -> None:
    assert len(FLOWS) >= 8


@pytest.mark.parametrize("model", FLOWS, ids=lambda model: model._meta.model_name)
class TestEveryWorkflow:
    def test_it_names_statuses_of_its_model_only(self, model: Any) -> None:
        known = set(model.Status.values)
        moves = model.WORKFLOW.moves
        assert moves.keys() <= known
        assert set().union(*moves.values()) <= known

    def test_every_status_can_be_reached_from_the_first(self, model: Any) -> None:
        first = str(model._meta.get_field("status").default)
        reached, new = {first}, {first}
        while new:
            new = set().union(*(model.WORKFLOW.moves.get(s, frozenset()) for s in new)) - reached
            reached |= new
        assert reached == set(model.Status.values)

    def test_no_status_follows_itself_but_a_step_whose_worker_died(self, model: Any) -> None:
        again = {old for old, new in model.WORKFLOW.moves.items() if old in new}
        assert again == set(getattr(model, "RUNNING", ()))

    def test_the_database_refuses_an_unknown_status(self, model: Any) -> None:
        checks = {c.name for c in model._meta.constraints}
        assert any(name.endswith("_status") for name in checks)
