"""What an operation of an audit log means for a mailbox."""

from breachreg.mailboxes.log import record as kinds

OPERATIONS = {
    "userloggedin": kinds.SIGN_IN, "mailboxlogin": kinds.SIGN_IN, "userloginfailed": kinds.FAILED_SIGN_IN,
    "new-inboxrule": kinds.RULE, "set-inboxrule": kinds.RULE, "enable-inboxrule": kinds.RULE, "updateinboxrules": kinds.RULE,
    "remove-inboxrule": kinds.RULE_REMOVED, "disable-inboxrule": kinds.RULE_REMOVED,
    "new-transportrule": kinds.TRANSPORT_RULE, "set-transportrule": kinds.TRANSPORT_RULE,
    "enable-transportrule": kinds.TRANSPORT_RULE, "new-inboundconnector": kinds.TRANSPORT_RULE,
    "set-inboundconnector": kinds.TRANSPORT_RULE, "new-outboundconnector": kinds.TRANSPORT_RULE,
    "add-mailboxpermission": kinds.PERMISSION, "add-recipientpermission": kinds.PERMISSION,
    "addfolderpermissions": kinds.PERMISSION, "modifyfolderpermissions": kinds.PERMISSION,
    "add-mailboxfolderpermission": kinds.PERMISSION, "set-mailboxfolderpermission": kinds.PERMISSION,
    "updatecalendardelegation": kinds.PERMISSION, "add member to role": kinds.PERMISSION,
    "consent to application": kinds.CONSENT, "add delegated permission grant": kinds.CONSENT,
    "add oauth2permissiongrant": kinds.CONSENT, "add app role assignment grant to user": kinds.CONSENT,
    "add service principal": kinds.CONSENT, "add service principal credentials": kinds.CONSENT,
    "add app role assignment to service principal": kinds.CONSENT,
    "user registered security info": kinds.SECURITY_METHOD, "user changed default security info": kinds.SECURITY_METHOD,
    "user deleted security info": kinds.SECURITY_METHOD, "disable strong authentication": kinds.SECURITY_METHOD,
    "change user password": kinds.PASSWORD, "reset user password": kinds.PASSWORD, "reset password (self-service)": kinds.PASSWORD,
    "update stsrefreshtokenvalidfrom timestamp": kinds.PASSWORD,
    "set-mailboxauditbypassassociation": kinds.AUDITING, "set-adminauditlogconfig": kinds.AUDITING,
    "set-organizationconfig": kinds.AUDITING,
    "send": kinds.SENT, "sendas": kinds.SENT, "sendonbehalf": kinds.SENT,
    "softdelete": kinds.DELETED, "harddelete": kinds.DELETED, "movetodeleteditems": kinds.DELETED, "move": kinds.MOVED,
    "filedownloaded": kinds.FILE, "filesyncdownloadedfull": kinds.FILE, "fileaccessed": kinds.FILE,
    "searchqueryinitiatedexchange": kinds.SEARCH, "searchqueryperformed": kinds.SEARCH, "searchcreated": kinds.SEARCH,
    "searchstarted": kinds.SEARCH,
    # Google Workspace
    "login_success": kinds.SIGN_IN, "login_failure": kinds.FAILED_SIGN_IN, "email_forwarding_out_of_domain": kinds.FORWARDING,
    "authorize": kinds.CONSENT, "password_edit": kinds.PASSWORD, "2sv_disable": kinds.SECURITY_METHOD,
}  # fmt: skip
_FORWARDING = frozenset({"forwardingsmtpaddress", "forwardingaddress", "delivertomailboxandforward"})
_AUDITING = frozenset({"auditenabled", "auditowner", "auditdelegate", "auditadmin"})


def kind_of(operation: str, parameters: dict, properties: dict) -> str:
    """The kind of an operation; some depend on what the operation was given."""
    name = operation.strip().rstrip(".").lower()
    given = {key.lower() for key in parameters}
    if name == "mailitemsaccessed":
        return kinds.SYNCED if str(properties.get("MailAccessType", "")).lower() == "sync" else kinds.READ
    if name in ("set-mailbox", "set-mailuser"):
        return kinds.FORWARDING if given & _FORWARDING else kinds.AUDITING if given & _AUDITING else kinds.OTHER
    if name == "update user":
        text = " ".join(map(str, properties)) + " ".join(map(str, parameters))
        return kinds.SECURITY_METHOD if "StrongAuthentication" in text else kinds.OTHER
    return OPERATIONS.get(name, kinds.OTHER)
