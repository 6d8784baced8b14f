"""What happens to a case: the only code that writes it. One function per act; keyword arguments, `at` handed down.

Every act takes the one road (`road.begin`) and raises `Refused(code, zh, en, field=…)` when the procedure says no, and
`Case.DoesNotExist` for a case that the person may not see.
"""

from kesu.complaints.actions.aftercare import archive, close, reopen, report_back
from kesu.complaints.actions.agreeing import agree_date
from kesu.complaints.actions.approving import approve, refuse
from kesu.complaints.actions.beside import ask, contact, note, present, rate, unfound, urge, withdraw
from kesu.complaints.actions.consenting import ask_consent, withdraw_consent
from kesu.complaints.actions.datarequests import answer_data, ask_data, refuse_data
from kesu.complaints.actions.dispatching import dispatch, send_back, sign, transfer
from kesu.complaints.actions.findings import find
from kesu.complaints.actions.following import survey, visit
from kesu.complaints.actions.grouping import join_group, leave_group, share_finding, tell_all
from kesu.complaints.actions.history import Past, known_as, take_over
from kesu.complaints.actions.inquiring import ask_expert, ask_statement, drop_person, name_person, tell_person
from kesu.complaints.actions.intake import Intake, acknowledge, receive
from kesu.complaints.actions.investigating import attach, find_cause, investigate
from kesu.complaints.actions.judging import judge, regrade
from kesu.complaints.actions.keeping import deidentify, hold, lift_hold
from kesu.complaints.actions.lettering import draft_letter, drop_letter, pass_letter, return_letter, send_letter, submit_letter
from kesu.complaints.actions.marking import mark
from kesu.complaints.actions.markinghealth import mark_health
from kesu.complaints.actions.merging import merge, unmerge
from kesu.complaints.actions.onthespot import settle_on_the_spot
from kesu.complaints.actions.outside import hand_outside, outside_answer, outside_verdict, refer, tie
from kesu.complaints.actions.packaging import package
from kesu.complaints.actions.pausing import ask_extension, grant_extension, pause, refuse_extension, resume
from kesu.complaints.actions.payments import pay, reverse_payment
from kesu.complaints.actions.putting_right import put_right
from kesu.complaints.actions.redacting import redact
from kesu.complaints.actions.remedies import Promise, agree, decline, execute, propose, reply, return_form
from kesu.complaints.actions.revealing import reveal
from kesu.complaints.actions.splitting import split
from kesu.complaints.actions.stating import state
from kesu.complaints.actions.tasking import assign_task, do_task, drop_task

__all__ = [
    "Intake",
    "Past",
    "Promise",
    "acknowledge",
    "agree",
    "agree_date",
    "approve",
    "archive",
    "ask",
    "ask_expert",
    "ask_extension",
    "ask_statement",
    "assign_task",
    "attach",
    "close",
    "contact",
    "decline",
    "dispatch",
    "do_task",
    "draft_letter",
    "drop_letter",
    "drop_person",
    "drop_task",
    "execute",
    "find",
    "find_cause",
    "grant_extension",
    "hand_outside",
    "investigate",
    "join_group",
    "judge",
    "known_as",
    "leave_group",
    "mark",
    "mark_health",
    "merge",
    "name_person",
    "note",
    "outside_answer",
    "outside_verdict",
    "package",
    "pass_letter",
    "pause",
    "pay",
    "present",
    "propose",
    "put_right",
    "rate",
    "receive",
    "redact",
    "refer",
    "refuse",
    "refuse_extension",
    "regrade",
    "reopen",
    "reply",
    "report_back",
    "resume",
    "return_form",
    "return_letter",
    "reveal",
    "hold",
    "ask_consent",
    "ask_data",
    "answer_data",
    "refuse_data",
    "lift_hold",
    "deidentify",
    "reverse_payment",
    "send_back",
    "send_letter",
    "settle_on_the_spot",
    "share_finding",
    "sign",
    "split",
    "state",
    "submit_letter",
    "survey",
    "take_over",
    "tell_all",
    "tell_person",
    "tie",
    "transfer",
    "unfound",
    "unmerge",
    "urge",
    "visit",
    "withdraw",
    "withdraw_consent",
]
