"""Tasks within a case: what one department or person does for the one that leads (H-2, M-14)."""

from __future__ import annotations

from django.db import models

from kesu.company.rows import Row


class Task(Row):
    """What somebody is to do within a case and by when; done with words, or no longer wanted with a reason."""

    case = models.ForeignKey("complaints.Case", on_delete=models.CASCADE, related_name="tasks", db_index=False)
    round = models.IntegerField()
    part = models.ForeignKey("complaints.Part", null=True, on_delete=models.CASCADE, related_name="tasks")  # whose form waits for it
    what = models.CharField(max_length=400)
    department = models.ForeignKey("company.Department", null=True, on_delete=models.PROTECT, related_name="+", db_index=False)
    person = models.ForeignKey("company.Person", null=True, on_delete=models.PROTECT, related_name="+", db_index=False)
    due_at = models.DateTimeField()
    asked_by = models.ForeignKey("company.Person", on_delete=models.PROTECT, related_name="+")
    asked_at = models.DateTimeField()
    done_at = models.DateTimeField(null=True)
    done_by = models.ForeignKey("company.Person", null=True, on_delete=models.PROTECT, related_name="+")
    done_words = models.CharField(max_length=400, blank=True)
    dropped_at = models.DateTimeField(null=True)
    dropped_why = models.CharField(max_length=400, blank=True)

    class Meta:
        ordering = ["id"]
        # Asked “has this case a task of theirs?”, as with parts: the answer is one step of an index.
        indexes = [
            models.Index(fields=["case"], name="task_by_case"),
            models.Index(fields=["department", "case"], name="task_by_department"),
            models.Index(fields=["person", "case"], name="task_by_person"),
        ]

    @property
    def open(self) -> bool:
        """Whether it is still to be done."""
        return self.done_at is None and self.dropped_at is None
