"""What the register's tables say about people."""

from django.utils.translation import gettext_lazy as _

from breachreg.audit.personal import LEASE, Term, declare, table

PROOF = _("Art. 33(5) GDPR: the record of every breach, and why it was judged as it was")
WORK = _("what has to be done on an incident, by whom and when")

TABLES = declare(
    {
        "ReferenceCounter": table(_("gives each incident a number of its own"), Term.ORGANISATION, nothing="id organisation year last"),
        "Incident": table(
            PROOF, Term.RECORD,
            nothing="id organisation year number reference submission version reported_at is_imported former_reference "
            "controller_name controller_sector risk_regimes qualification qualified_at closed_at occurred_from occurred_to "
            "is_ongoing is_period_established first_signal_at aware_at is_aware_day_only told_by_processor_at natures origins causes media "
            "data_categories has_sensitive_data sensitive_categories records_low records_likely records_high "
            "people_categories people_low people_likely people_high are_people_identifiable consequences harms severity "
            "communication told_on telling_planned_on told_count not_telling_reason is_cross_border "
            "notifies_other_dpa other_authorities risk_facts",
            colleague="reported_by owner qualified_by closed_by",
            text="title report processing_activities qualification_reasons lessons dates_comment discovery delay_reasons "
            "origin_other cause_other narrative data_other people_other measures_before consequences_other harms_other "
            "measures_after telling_channels not_telling_evidence cross_border_countries other_data_protection_authorities "
            "other_authorities_detail",
        ),
        "InstantStatement": table(
            PROOF, Term.RECORD, nothing="id incident kind at is_date_only is_estimated zone state recorded_at confirmed_at",
            colleague="recorded_by confirmed_by", identity="stated_by", text="evidence reason",
        ),
        "Party": table(PROOF, Term.RECORD, nothing="id incident role told_us_at", identity="contact", text="name"),
        "Promise": table(
            WORK, Term.RECORD, nothing="id incident field promised_for kept_at recorded_at",
            colleague="owed_by_user recorded_by", identity="owed_by", text="note",
        ),
        "Assessment": table(
            PROOF, Term.RECORD,
            nothing="id incident number facts rule_version score_low score_likely score_high recommended_duty explanation "
            "assessed_at",
            colleague="assessed_by",
        ),
        "Decision": table(
            PROOF, Term.RECORD, nothing="id incident assessment duty state decided_at seconded_at",
            colleague="decided_by seconded_by", text="reasons departure_reasons second_note",
        ),
        "Deadline": table(
            PROOF, Term.RECORD,
            nothing="id incident rule rule_version occurrence is_binding started_from is_assumed own_clock started_at due_at met_at "
            "is_met_by_record cancelled_at",
            colleague="met_by", text="met_reference",
        ),
        "Reminder": table(
            WORK, Term.RECORD, nothing=f"id {LEASE} deadline step hours_before cancelled_at", colleague="recipient", text="trouble"
        ),
        "Notice": table(WORK, Term.RECORD, nothing=f"id {LEASE} decision", colleague="recipient", text="trouble"),
        "FollowUp": table(
            WORK, Term.ORGANISATION, nothing=f"id {LEASE} organisation asked_at last followed to_follow", colleague="asked_by",
            text="trouble",
        ),
        "OwnClock": table(
            WORK, Term.ORGANISATION, nothing="id organisation first hours instant added_at ended_at",
            colleague="added_by ended_by", text="name addressee source",
        ),
        "ExemptionSheet": table(
            PROOF, Term.RECORD, nothing="id incident number exemption holds missing contradicted_by recorded_at",
            text="shown", colleague="recorded_by",
        ),
        "Filing": table(
            PROOF, Term.RECORD, nothing="id incident kind filed_at precision receipt_number recorded_at evidence",
            colleague="recorded_by",
        ),
        "TimelineEntry": table(
            PROOF, Term.RECORD, nothing="id incident kind event happened_at submission recorded_at", colleague="recorded_by",
            text="text in_languages source",
        ),
        "Evidence": table(
            PROOF, Term.RECORD, storage="default", nothing="id incident content_type size sha256 added_at",
            colleague="added_by", text="name note", file="location",
        ),
        "Task": table(
            WORK, Term.RECORD, nothing="id incident due_at origin submission created_at done_at",
            colleague="owner created_by done_by", identity="owner_name", text="what why",
        ),
        "OwnPlaybook": table(
            WORK, Term.ORGANISATION, nothing="id organisation version origins created_at ended_at",
            text="title lead", colleague="created_by ended_by",
        ),
        "OwnStep": table(WORK, Term.ORGANISATION, nothing="id playbook position role hours counted_from", text="what why"),
        "Contact": table(
            _("who is called when something happened"), Term.ORGANISATION, nothing="id organisation version role saved_at ended_at",
            identity="name phone email", text="note", colleague="user saved_by ended_by",
        ),
        "AppliedPlaybook": table(
            WORK, Term.RECORD, nothing="id incident key applied_at", text="title source", colleague="applied_by"
        ),
        "PreventionMeasure": table(
            PROOF, Term.RECORD, nothing="id incident code standing task recorded_at", text="text", colleague="recorded_by"
        ),
        "LegalHold": table(
            _("keeps an incident that a dispute or an inquiry still needs"), Term.RECORD, nothing="id incident set_at lifted_at",
            colleague="set_by lifted_by", text="reason lifted_reason",
        ),
        "Tombstone": table(
            _("shows that an incident was in the register, and when it went"), Term.ORGANISATION,
            nothing="id organisation incident_key year number reference qualification duty reported_at aware_at filed_at told_on "
            "closed_at kept_years purged_at",
        ),
        "RegisterImport": table(
            _("a table that somebody brings, until it is imported"), Term.ERRAND, storage="default",
            nothing="id organisation sha256 header_row sheet mapping added_at imported_at imported_count",
            colleague="added_by imported_by", text="name", file="location",
        ),
        "MappingPreset": table(
            _("how the columns of a table were mapped last time"), Term.ORGANISATION,
            nothing="id organisation columns mapping saved_at", colleague="saved_by",
        ),
    }
)
