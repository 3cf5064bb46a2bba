"""Fields come with label, hint and error, tied together for those who listen."""

import re

from django import forms
from django.template.loader import render_to_string

from directory.widgets import DayInput, NarrowCheckboxes, SearchSelect


class Sample(forms.Form):
    """One of each."""

    words = forms.CharField(label="Your words", help_text="Two sentences are enough.")
    kinds = forms.MultipleChoiceField(
        label="Kinds",
        choices=[("a", "Training"), ("b", "Advice")],
        widget=forms.CheckboxSelectMultiple,
    )
    sure = forms.BooleanField(label="I am sure")

    def clean(self):
        raise forms.ValidationError("These do not fit together.")


def test_error_and_hint_describe_their_field():
    html = str(Sample({})["words"].as_field_group())
    ids = re.search(r'<input[^>]*aria-describedby="([^"]+)"', html)[1].split()
    assert ids == ["id_words_helptext", "id_words_error"]
    assert all(f'id="{name}"' in html for name in ids)
    assert 'aria-invalid="true"' in html
    assert "govuk-form-group--error" in html
    assert '<label class="govuk-label" for="id_words">Your words</label>' in html


def test_options_stand_in_a_fieldset_described_by_its_error():
    html = str(Sample({})["kinds"].as_field_group())
    assert 'aria-describedby="id_kinds_error"' in html
    assert 'id="id_kinds_error"' in html
    assert "<legend" in html
    assert html.count("govuk-checkboxes__input") == 2


def test_a_single_tick_box_stands_before_its_label():
    html = str(Sample()["sure"].as_field_group())
    assert html.index("<input") < html.index("I am sure")
    assert html.count("I am sure") == 1


def test_summary_links_each_problem_to_its_field():
    html = render_to_string("components/_error_summary.html", {"form": Sample({})})
    assert "There are 4 problems" in html
    assert '<a href="#id_words">Your words: This field is required.</a>' in html
    assert '<a href="#id_kinds_0">' in html
    assert "These do not fit together." in html


def test_summary_takes_several_forms_and_stays_away_without_errors():
    good = forms.Form({})
    html = render_to_string("components/_error_summary.html", {"forms": [Sample({}), good]})
    assert "Your words" in html
    assert render_to_string("components/_error_summary.html", {"form": good}).strip() == ""


def test_summary_takes_a_formset_with_its_own_errors():
    data = {"form-TOTAL_FORMS": "1", "form-INITIAL_FORMS": "0", "form-0-words": "x"}
    formset = forms.formset_factory(Sample, min_num=2, validate_min=True)(data)
    html = render_to_string("components/_error_summary.html", {"forms": formset})
    assert "Please submit at least 2 forms." in html
    assert 'href="#id_form-0-kinds_0"' in html


def test_what_was_typed_stays_and_is_escaped():
    html = str(Sample({"words": "<i>ours</i>"})["words"])
    assert 'value="&lt;i&gt;ours&lt;/i&gt;"' in html


def test_a_day_is_written_as_browsers_want_it():
    field = forms.DateField(widget=DayInput())
    html = field.widget.render("on", "2026-11-24")
    assert 'type="date"' in html
    assert 'value="2026-11-24"' in html


def test_long_lists_carry_their_hooks():
    assert "data-search" in SearchSelect(choices=[("ke", "Kenya")]).render("state", "ke")
    html = NarrowCheckboxes(narrow="Find a State", choices=[("ke", "Kenya")]).render("s", ["ke"])
    assert 'data-narrow="Find a State"' in html
    assert "checked" in html


def test_hidden_fields_carry_no_class():
    assert "class" not in forms.HiddenInput().render("next", "/")
