"""What is stored about complaints, one file per noun of the trade."""

from kesu.complaints.models.case import Case, CaseItem, DayNumber
from kesu.complaints.models.clocks import Clock, Extension, Pause
from kesu.complaints.models.customer_side import CustomerNotice, Question, Rating
from kesu.complaints.models.drafts import Draft
from kesu.complaints.models.evidence import Attachment, Evidence
from kesu.complaints.models.findings import Complained, Inquiry, RootCause
from kesu.complaints.models.forgotten import Forgotten
from kesu.complaints.models.formerstaff import FormerStaff
from kesu.complaints.models.groups import Group, Membership, Merge, Split
from kesu.complaints.models.journal import JournalEntry
from kesu.complaints.models.letters import Letter, LetterReview
from kesu.complaints.models.notices import Notice
from kesu.complaints.models.outside import Handover, Reference
from kesu.complaints.models.parts import Part
from kesu.complaints.models.payments import Payment, Proof
from kesu.complaints.models.remedies import AgreedAction, ApprovalLevel, Proposal
from kesu.complaints.models.routines import RoutineDuty
from kesu.complaints.models.tasks import Task
from kesu.complaints.models.visits import SurveyAnswer, Visit, VisitTime

__all__ = [
    "AgreedAction",
    "ApprovalLevel",
    "Attachment",
    "Case",
    "CaseItem",
    "Clock",
    "Complained",
    "CustomerNotice",
    "DayNumber",
    "Draft",
    "Evidence",
    "Extension",
    "Forgotten",
    "FormerStaff",
    "Group",
    "Handover",
    "Inquiry",
    "JournalEntry",
    "Letter",
    "LetterReview",
    "Membership",
    "Merge",
    "Notice",
    "Part",
    "Pause",
    "Payment",
    "Proof",
    "Proposal",
    "Question",
    "Rating",
    "Reference",
    "RootCause",
    "RoutineDuty",
    "Split",
    "SurveyAnswer",
    "Task",
    "Visit",
    "VisitTime",
]
