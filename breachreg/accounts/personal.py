"""What the tables of people, organisations and of the trail say about people; also those that Django and allauth bring."""

from django.utils.translation import gettext_lazy as _

from breachreg.audit.personal import Term, declare, table

TRAIL = _("shows that the register was kept as it says")
SIGN_IN = _("lets people sign in and nobody else")
RIGHTS = _("who may do what")
UNUSED = _("comes with a library; nothing is written there")

TABLES = declare(
    {
        "ChainHead": table(TRAIL, Term.TRAIL, nothing="scope number hash"),
        "Entry": table(
            TRAIL, Term.TRAIL, colleague="actor_id",
            nothing="number organisation_id organisation_number at action object_type object_id file_type file_id "
            "content_hash previous_hash organisation_previous_hash hash seal",
        ),
        "EntryContent": table(
            TRAIL, Term.TRAIL, nothing="entry salt", identity="actor", text="object_label changes details rows"
        ),
        "ContentPurge": table(TRAIL, Term.TRAIL, nothing="entry purged_by_entry"),
        "Checkpoint": table(TRAIL, Term.TRAIL, nothing="id organisation_id organisation_number number hash at text"),
        "User": table(
            SIGN_IN, Term.ACCOUNT, nothing="id is_superuser language is_active last_login date_joined",
            identity="email full_name", secret="password",
        ),
        "User_groups": table(UNUSED, Term.ACCOUNT, nothing="id group", colleague="user"),
        "User_user_permissions": table(UNUSED, Term.ACCOUNT, nothing="id permission", colleague="user"),
        "Organisation": table(
            _("who keeps the register, as the CNIL's form asks it"), Term.ORGANISATION,
            nothing="id name slug reference_prefix time_zone language regimes contract_hours kept_years siren has_no_siren vat_number sector headcount "
            "address postal_code city country",
            identity="legal_representative_civility legal_representative_last_name legal_representative_first_name "
            "legal_representative_email contact_civility contact_last_name contact_first_name contact_function "
            "contact_email contact_phone",
        ),
        "Membership": table(RIGHTS, Term.ACCOUNT, nothing="id organisation role", colleague="user"),
        "auth.Permission": table(UNUSED, Term.ORGANISATION, nothing="id name content_type codename"),
        "auth.Group": table(UNUSED, Term.ORGANISATION, nothing="id name"),
        "auth.Group_permissions": table(UNUSED, Term.ORGANISATION, nothing="id group permission"),
        "contenttypes.ContentType": table(UNUSED, Term.ORGANISATION, nothing="id app_label model"),
        "sessions.Session": table(SIGN_IN, Term.ERRAND, nothing="expire_date", secret="session_key session_data"),
        "account.EmailAddress": table(SIGN_IN, Term.ACCOUNT, nothing="id verified primary", identity="email", colleague="user"),
        "account.EmailConfirmation": table(SIGN_IN, Term.ERRAND, nothing="id created sent email_address", secret="key"),
        "mfa.Authenticator": table(
            SIGN_IN, Term.ACCOUNT, nothing="id type created_at last_used_at", colleague="user", secret="data"
        ),
        "socialaccount.SocialApp": table(
            SIGN_IN, Term.ORGANISATION, nothing="id provider provider_id name client_id settings", secret="secret key"
        ),
        "socialaccount.SocialAccount": table(
            SIGN_IN, Term.ACCOUNT, nothing="id provider last_login date_joined", identity="uid extra_data", colleague="user"
        ),
        "socialaccount.SocialToken": table(
            SIGN_IN, Term.ACCOUNT, nothing="id app account expires_at", secret="token token_secret"
        ),
    }
)
