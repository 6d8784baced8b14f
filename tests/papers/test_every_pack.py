"""Every paper of every pack that ships can be printed blank, in both languages, and names its fields."""

from __future__ import annotations

from datetime import datetime

import pytest
from django.utils import translation
from tests.papers.reading import pages_of, text_of

from kesu.company.models import Company
from kesu.company.procedures import shipped_packs
from kesu.papers import forms, reading
from kesu.papers.typesetting import pdf
from kesu.papers.wordfile import docx
from kesu.procedure.packfile import load

PACKS = {path.stem: path for path in shipped_packs()}


@pytest.mark.parametrize("language", ["zh-hans", "en"])
@pytest.mark.parametrize("name", PACKS)
def test_blank_papers(name: str, language: str, at: datetime) -> None:
    pack = load(PACKS[name]).pack
    company = Company(name="和檐", zone="Asia/Shanghai", phone="4000001007")
    with translation.override(language):
        page = reading.empty(company, None, pack, at, language)
        offered = forms.offered(pack)
        assert len({paper.id for paper in offered}) == len({paper.zh for paper in offered}) == len(offered)
        assert {"投诉受理回执", "投诉调查报告", "纠正与预防措施表", "投诉档案封面", "回访记录表", "顾客投诉登记表"} <= {
            row.zh for row in offered
        }
        for paper in offered:
            data = pdf(forms.sheet(page, paper, forms.Occasion()))
            text = text_of(data)
            assert pages_of(data) <= 2, paper.id
            form = pack.find("forms", paper.id)
            for row in form.fields if form else []:
                label = row.name if language == "zh-hans" else row.name_en
                if row.id not in ("number", "course", "outcome"):
                    assert "".join(label.split())[:6] in text, (paper.id, row.id)
            docx(forms.sheet(page, paper, forms.Occasion()))


def test_a_packs_form_stands_in_place_of_the_standard_one() -> None:
    found = {name: [paper.id for paper in forms.offered(load(path).pack)] for name, path in PACKS.items()}
    assert "register" in found["property"]  # its own form is the resident's
    assert "register" not in found["housekeeping"] and "register" not in found["salon"]
    assert all(ids.count("record") == ids.count("visit_record") == 1 for ids in found.values())
