import Sequencing
import Testing

@Suite struct `Fields that are to be hidden` {
    private let redaction = BodyRedaction(["Email", "Tax_Id__c"])

    @Test(
        arguments: [
            (#"{"Email":"a@b.c","Name":"x"}"#, #"{"Email":"(redacted)","Name":"x"}"#),
            (#"[{"email" : "say \"hi\", you", "n": 1}]"#, #"[{"email":"(redacted)", "n": 1}]"#),
            (#"{"Tax_Id__c":17,"Name":"Email"}"#, #"{"Tax_Id__c":"(redacted)","Name":"Email"}"#),
            (#"{"Email":null}"#, #"{"Email":"(redacted)"}"#),
            (#"{"Email":"cut off he"#, #"{"Email":"(redacted)""#),
            (#"{"Account":{"Tax_Id__c":"9"}}"#, #"{"Account":{"Tax_Id__c":"(redacted)"}}"#),
            ("<r><sf:Email>a@b.c</sf:Email><Name>x</Name></r>", "<r><sf:Email>(redacted)</sf:Email><Name>x</Name></r>"),
            ("Name,Email\nx,a@b.c\n\"y,z\",\n", "Name,Email\nx,(redacted)\n\"y,z\",(redacted)\n"),
            ("Name,Account.Tax_Id__c\nx,9\n", "Name,Account.Tax_Id__c\nx,(redacted)\n"),
            (
                "sf__Id,sf__Error,Email,Tax_Id__c\n,BAD:no mail 2 is none,no mail,2\n003,,a@b.c,\n",
                "sf__Id,sf__Error,Email,Tax_Id__c\n,BAD:(redacted) 2 is none,(redacted),(redacted)\n003,,(redacted),(redacted)\n"
            ),
            (
                #"{"url":"/query?q=SELECT+Id+WHERE+Email+IN+('a@b.c')","referenceId":"q0"}"#,
                #"{"url":"/query?q=SELECT+Id+WHERE+Email+IN+('(redacted)')","referenceId":"q0"}"#
            ),
            (#"[{"url":"/query?q=Email%3D%27a@b"#, #"[{"url":"/query?q=Email%3D%27(redacted)"#),
            (#"{"url":"/query?q=Name='a'","n":1}"#, #"{"url":"/query?q=Name='a'","n":1}"#),
            ("Name,Title\nx,y\n", "Name,Title\nx,y\n"), ("", ""), ("no such thing", "no such thing"),
        ]
    ) func `are hidden in every form of a body`(body: String, shown: String) {
        #expect(redaction.body(body) == shown)
    }

    @Test func `are hidden in the literals of a query that names one`() {
        #expect(
            redaction.path("/query?q=SELECT+Id+FROM+Contact+WHERE+Email+IN+('a@b.c','d')")
                == "/query?q=SELECT+Id+FROM+Contact+WHERE+Email+IN+('(redacted)','(redacted)')"
        )
        #expect(redaction.path("/query?q=Email=%27a%27+x") == "/query?q=Email=%27(redacted)%27+x")
        #expect(redaction.path("/query?q=Name='a'") == "/query?q=Name='a'")
    }

    @Test func `are hidden in messages that repeat them`() {
        let values = ["Email": "no mail", "LastName": "mail", "Tax_Id__c": "1"]
        #expect(
            redaction.message("Email: invalid email address: no mail (1 of 1)", about: values)
                == "Email: invalid email address: (redacted) (1 of 1)"
        )
    }

    @Test func `are hidden in answers that repeat what was sent`() {
        let request = #"{"records":[{"Email":"no mail","LastName":"mail","Tax_Id__c":"1"}]}"#
        #expect(
            redaction.answer(#"[{"message":"Email: invalid email address: no mail (1)"}]"#, to: request)
                == #"[{"message":"Email: invalid email address: (redacted) (1)"}]"#
        )
        #expect(redaction.answer("[]", to: nil) == "[]")
    }

    @Test(arguments: ["123456", "-123456", "123456.5", "1.5e10"])
    func `are hidden in answers also where they were numbers`(number: String) {
        for request in [#"[{"Tax_Id__c":\#(number),"Name":"x"}]"#, #"[{"Tax_Id__c" : \#(number) }]"#] {
            #expect(
                redaction.answer(#"[{"message":"duplicate value found: \#(number)"}]"#, to: request)
                    == #"[{"message":"duplicate value found: (redacted)"}]"#
            )
        }
    }

    @Test func `are no words that every answer has`() {
        let answer = #"[{"success":true,"id":null}]"#
        #expect(redaction.answer(answer, to: #"[{"Tax_Id__c":true,"Email":null}]"#) == answer)
    }

    @Test func `are none unless some are named`() {
        #expect(BodyRedaction([]).body(#"{"Email":"a"}"#) == #"{"Email":"a"}"#)
    }
}
