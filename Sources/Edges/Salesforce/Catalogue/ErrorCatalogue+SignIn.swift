extension ErrorCatalogue {
    /// Sessions and sign-in; the codes in small letters are those of OAuth (reference 01-auth, 4).
    static let signIn: [CatalogueEntry] =
        grants + [
            CatalogueEntry(
                "INVALID_SESSION_ID",
                [.authentication],
                "the session ended",
                "nothing",
                own: "signs in again once"
            ),
            CatalogueEntry(
                "OAUTH_APP_BLOCKED",
                [.configuration],
                "an admin blocked the app",
                "Setup → Connected Apps OAuth Usage: unblock it",
                own: "`doctor` and `login` say which"
            ),
            CatalogueEntry(
                "invalid_app_access",
                [.configuration],
                "the user is not allowed to use the app",
                "Setup → Connected Apps OAuth Usage: install or unblock; allow the user by profile or permission set",
                own: "`doctor` and `login` say which"
            ),
            CatalogueEntry("inactive_user", [.configuration], "the user is inactive", "activate the integration user"),
            CatalogueEntry(
                "inactive_org",
                [.configuration],
                "the org is inactive or locked",
                "ask Salesforce's support"
            ),
            CatalogueEntry(
                "rate_limit_exceeded",
                [.window],
                "too many sign-ins",
                "wait an hour; find who else signs in so often as this user",
                own: "waits before it signs in again"
            ),
            CatalogueEntry(
                "invalid_client",
                [.configuration],
                "the app's secret is wrong",
                "check the consumer secret in the credentials of the destination"
            ),
            CatalogueEntry(
                "invalid_client_id",
                [.configuration],
                "no such app in this org, or not yet: a new one takes up to ten minutes",
                "check the consumer key; production against sandbox"
            ),
            CatalogueEntry(
                "invalid_client_credentials",
                [.configuration],
                "the app's secret is wrong",
                "check the consumer secret in the credentials of the destination"
            ),
            CatalogueEntry(
                "invalid_request",
                [.defect],
                "Salesforce could not read the request to sign in",
                "check `login_url`; if it is right, tell us"
            ),
            CatalogueEntry(
                "unsupported_grant_type",
                [.configuration],
                "the org does not allow this way to sign in",
                "switch the flow on in the app's OAuth settings"
            ),
            CatalogueEntry(
                "redirect_uri_mismatch",
                [.configuration],
                "the app does not know the address that the browser is to come back to",
                "add the callback that `login` names to the app, to the letter"
            ),
            CatalogueEntry(
                "invalid_scope",
                [.configuration],
                "the app may not give the scopes asked for",
                "add `api` and `refresh_token` to the app's scopes"
            ),
            CatalogueEntry(
                "access_denied",
                [.configuration],
                "the person at the browser refused",
                "`login` again, and allow it"
            ),
            CatalogueEntry(
                "unknown_error",
                [.transient],
                "trouble at Salesforce while signing in",
                "if it stays, look at status.salesforce.com",
                own: "signs in again until its deadline"
            ),
            CatalogueEntry(
                "wrong_version",
                [.configuration],
                "the credentials are of another version of the app",
                "`login` again"
            ),
            CatalogueEntry(
                "invalid_token",
                [.configuration],
                "the token to be withdrawn is not known",
                "nothing: it is worthless already"
            ),
            CatalogueEntry(
                "unsupported_token_type",
                [.configuration],
                "a token of this kind cannot be withdrawn",
                "nothing"
            ),
        ] + logins

    private static let grants: [CatalogueEntry] =
        [
            (
                "approved this consumer", "the user was not allowed to use the app",
                "pre-authorize the user: the app's policy \"Admin approved users\", and its profile or permission set"
            ),
            (
                "installed", "the app is not installed in this org",
                "Setup → Connected Apps OAuth Usage: install it"
            ),
            ("audience", "the assertion is for another login host", "check `login_url`: production against sandbox"),
            ("expired access/refresh token", "the refresh token was withdrawn or has expired", "`login` again"),
            ("authorization code", "the code from the browser has expired or was used", "`login` again"),
            (
                "assertion", "the assertion is not good: a wrong key, or the host's clock",
                "check the host's clock; the certificate of the app must belong to the key"
            ),
            (
                "ip restricted", "the user may not sign in from this address",
                "look at the login IP ranges of the profile or the app"
            ),
            ("login rate exceeded", "too many sign-ins", "wait an hour; find who else signs in so often as this user"),
            (
                "no client credentials user", "the app has no user to run as",
                "look at the app's OAuth policies: Client Credentials Flow, Run As"
            ),
            (
                "not supported on this domain", "this way to sign in works on the org's own host only",
                "set `login_url` to https://MYDOMAIN.my.salesforce.com"
            ),
        ].map { mark, explanation, remedy in
            CatalogueEntry("invalid_grant", [.configuration], when: mark, explanation, remedy)
        } + [
            CatalogueEntry(
                "invalid_grant",
                [.configuration],
                "Salesforce does not accept the credentials",
                "check user name, key or secret of the destination; `doctor` says more"
            )
        ]

    private static let logins: [CatalogueEntry] = [
        (
            "INVALID_LOGIN", "wrong user name, password or token, or the user is locked",
            "check the credentials of the destination"
        ),
        (
            "LOGIN_MUST_USE_SECURITY_TOKEN", "from this address a security token is needed",
            "sign in another way: by a key"
        ),
        (
            "LOGIN_DURING_RESTRICTED_TIME", "the user may not sign in at this time",
            "look at the login hours of the profile"
        ),
        (
            "LOGIN_DURING_RESTRICTED_DOMAIN", "the user may not sign in from this address",
            "look at the login IP ranges of the profile"
        ),
        ("PASSWORD_LOCKOUT", "too many wrong passwords locked the user", "unlock the user"),
        (
            "CLIENT_NOT_ACCESSIBLE_FOR_USER", "the user is not allowed to use the app",
            "allow the user by profile or permission set"
        ),
    ].map { code, explanation, remedy in CatalogueEntry(code, [.configuration], explanation, remedy) }
}
