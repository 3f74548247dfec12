import Testing

@testable import Salesforce

@Suite struct `A secret` {
    @Test(arguments: [
        SalesforceConfiguration.Grant.jwtBearer(clientID: "app", username: "me", privateKeyPEM: "hush"),
        .clientCredentials(clientID: "app", clientSecret: "hush"),
        .refreshToken(clientID: "app", clientSecret: "hush", token: "hush"),
        .authorizationCode(
            clientID: "app",
            clientSecret: "hush",
            code: "hush",
            redirectURI: "http://localhost",
            verifier: "hush"
        ),
    ])
    func `is not shown with the configuration it belongs to`(grant: SalesforceConfiguration.Grant) {
        let configuration = SalesforceConfiguration(loginURL: "https://login.salesforce.com", grant: grant)
        var dumped = ""
        dump(configuration, to: &dumped)
        for text in [
            "\(grant)", String(reflecting: grant), "\(configuration)", String(reflecting: configuration), dumped,
        ] {
            #expect(!text.contains("hush"))
        }
        #expect("\(grant)".contains("app"))
    }

    @Test func `is not shown with its session`() throws {
        let answer = ClientFixture.tokenAnswer(1, at: "https://acme.my.salesforce.com").replacing(
            "token-1",
            with: "hush"
        )
        let session = try Session(tokenAnswer: Array(answer.utf8), action: "sign in")
        var dumped = ""
        dump(SessionKeeper.Held(session: session, number: 1), to: &dumped)
        for text in ["\(session)", String(reflecting: session), dumped] { #expect(!text.contains("hush")) }
    }
}
