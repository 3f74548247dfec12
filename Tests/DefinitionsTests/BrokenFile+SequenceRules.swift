/// Sequences whose order does not hold.
extension BrokenFile {
    static let sequenceRules: [BrokenFile] = [
        BrokenFile(
            "sequences/crm.yaml",
            "steps:\n  - sync: accounts\n  - sync: [contacts, accounts]\n",
            faults: [
                "3:22: sync `accounts` is in this sequence already, in the step of line 2"
            ]
        ),
        BrokenFile(
            "sequences/crm.yaml",
            "steps:\n  - sync: accounts\n    after: [contact]\n  - sync: contacts\n",
            faults: [
                "3:13: `steps.after` expects a sync of another step, found `contact`, which no step of this sequence has, did you mean `contacts`?"
            ]
        ),
        BrokenFile(
            "sequences/crm.yaml",
            "steps:\n  - sync: accounts\n    after: [accounts]\n",
            faults: [
                "3:13: a step cannot come after itself: `accounts` is its own sync"
            ]
        ),
        BrokenFile(
            "sequences/crm.yaml",
            "steps:\n  - sync: accounts\n    after: [contacts]\n  - sync: contacts\n",
            faults: [
                "3:5: the steps wait for one another in a circle: accounts after contacts after accounts"
            ]
        ),
        BrokenFile(
            "sequences/crm.yaml",
            "steps:\n  - sync: contacts\n  - sync: accounts\n",
            faults: [
                "2:11: `contacts` looks up Account by External_Id__c for its AccountId, which `accounts` writes in a later step: parents come first. The right order: `accounts`, `contacts`"
            ]
        ),
        BrokenFile(
            "sequences/crm.yaml",
            "steps:\n  - sync: accounts\n  - sync: contacts\n    after: []\n",
            faults: [
                "3:11: `contacts` looks up Account by External_Id__c for its AccountId, which `accounts` writes in a step beside it: parents come first. Write `after: [accounts]` for the step of `contacts`"
            ]
        ),
    ]
}
