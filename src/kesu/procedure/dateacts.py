"""The act that changes the date which the customer named or agreed to (procedure.limits: customer-date)."""

from __future__ import annotations

from kesu.procedure.act import Act

DATES = (
    Act(
        "agree_date",
        "商定日期",
        "Agree a date",
        said_zh="与{spoke_to}商定{dates}：{reason}。已告知（{channel}）：{words}",
        said_en="agreed with {spoke_to} {dates}: {reason}. Told ({channel}): {words}",
    ),
)
