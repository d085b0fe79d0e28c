"""Answers as the switch reads them: a user's document, or none."""

from xml.sax.saxutils import quoteattr

from exchange_domain.sip_credentials import SipUser

NOT_FOUND = """\
<document type="freeswitch/xml">
  <section name="result">
    <result status="not found"/>
  </section>
</document>
"""

DIAL_STRING = "{sip_invite_domain=${dialed_domain}}${sofia_contact(operators/${dialed_user}@${dialed_domain})}"
"""Where the user is registered now, at the operators' profile; nowhere means USER_NOT_REGISTERED."""


def user_document(user: SipUser, domain: str) -> str:
    """The digest of the password, never a password; the context in which the user can ring nobody."""
    return f"""\
<document type="freeswitch/xml">
  <section name="directory">
    <domain name={quoteattr(domain)}>
      <user id={quoteattr(user.username)}>
        <params>
          <param name="a1-hash" value={quoteattr(user.a1_hash)}/>
          <param name="dial-string" value={quoteattr(DIAL_STRING)}/>
        </params>
        <variables>
          <variable name="user_context" value="operators"/>
        </variables>
      </user>
    </domain>
  </section>
</document>
"""
