import SyncModel
import TestKit

@testable import Sequencing

/// An org with everything in it that loaders run into, and a PostgreSQL database that fills it.
enum WholeOrg {
    static let yaml = """
        objects:
          Account:
            fields:
              Tier__c: { type: Picklist, value_set: Tiers }
              Shouted__c: { type: Text, formula: "UPPER(Name)" }
          Contact:
            fields:
              VIP__c: { type: Checkbox }
              Colour__c: { type: Picklist, restricted: true, values: [Red, Green] }
              Opened__c: { type: DateTime, createable: true, updateable: false }
            triggers:
              - { name: ContactRollup, on: [insert, update], locks: AccountId }
            validation_rules:
              - { name: No_tests, when: "LastName = 'Test'", message: "No people of tests", field: LastName }
            duplicate_rules:
              - { name: Same_email, fields: [Email], message: "Use one of these records?" }
        global_value_sets: { Tiers: { values: [Gold, Silver] } }
        events: { Order_Shipped__e: { fields: { Order_No__c: { type: Text, length: 20, required: true } } } }
        users:
          - { username: clerk@example.com, rights: { Account: [read] }, read_only_fields: [Contact.Department], lacks: [view_setup] }
        connected_apps: [ { client_id: clerk-app, client_secret: clerk-secret, users: [clerk@example.com] } ]
        """

    /// Signs in as the user without rights.
    static let clerk = DestinationDefinition.Authorization.clientCredentials(
        clientID: "clerk-app",
        clientSecret: .text("clerk-secret")
    )

    private static let tables = """
        CREATE TABLE accounts (id text PRIMARY KEY, name text, parent text);
        CREATE TABLE contacts (
            id text PRIMARY KEY, last_name text, account text, email text, vip boolean, colour text, department text,
            opened timestamptz
        );
        CREATE TABLE leads (id text PRIMARY KEY, last_name text, company text);
        CREATE TABLE tasks (id text PRIMARY KEY, subject text, contact text, account text);
        CREATE TABLE orders (number text PRIMARY KEY);
        CREATE TABLE colours (code text PRIMARY KEY, name text);
        CREATE TABLE tiers (code text PRIMARY KEY, name text);
        """

    /// Key columns by table.
    static let models: [String: [String]] = [
        "accounts": ["id"], "contacts": ["id"], "leads": ["id"], "tasks": ["id"], "orders": ["number"],
        "colours": ["code"], "tiers": ["code"],
    ]

    /// Lends a belt from the database, with these rows in it, into the org; `execute` changes the rows.
    static func with(
        _ syncs: [SyncDefinition],
        rows: String,
        _ body:
            @escaping @Sendable (_ belt: Belt, _ execute: @Sendable (String) async throws -> Void) async throws -> Void
    ) async throws {
        let server = try PostgresServer.current
        try await server.withDatabase(tables + rows) { database in
            let used = models.filter { name, _ in syncs.contains { $0.model == name } }
            let parameters = server.parameters(database: database)
            try await Belt.with(syncs, models: used, org: yaml, database: parameters) { belt in
                try await body(belt) { _ = try await server.execute($0, database: database) }
            }
        }
    }

    // MARK: Its syncs

    static func accounts(_ api: APIChoice = .auto) -> SyncDefinition {
        .of("accounts", into: .object("Account"), .upsert, match: ("id", "External_Id__c"), fields: ["Name": "name"]) {
            $0.fields.append(link("ParentId", "Account", "parent"))
            $0.api = api
        }
    }

    static func contacts(
        _ api: APIChoice = .auto,
        _ change: (inout SyncDefinition) -> Void = { _ in }
    ) -> SyncDefinition {
        let fields = [
            "LastName": "last_name", "Email": "email", "VIP__c": "vip", "Colour__c": "colour",
            "Department": "department",
            "Opened__c": "opened",
        ]
        return .of("contacts", into: .object("Contact"), .upsert, match: ("id", "External_Id__c"), fields: fields) {
            $0.fields.append(link("AccountId", "Account", "account"))
            $0.api = api
            change(&$0)
        }
    }

    static func leads(_ api: APIChoice = .auto) -> SyncDefinition {
        .of(
            "leads",
            into: .object("Lead"),
            .upsert,
            match: ("id", "External_Id__c"),
            fields: ["LastName": "last_name", "Company": "company"]
        ) { $0.api = api }
    }

    static let tasks = SyncDefinition.of("tasks", into: .object("Task"), .insert, fields: ["Subject": "subject"]) {
        $0.fields += [link("WhoId", "Contact", "contact"), link("WhatId", "Account", "account")]
    }

    static let orders = SyncDefinition.of(
        "orders",
        into: .event("Order_Shipped__e"),
        .insert,
        fields: ["Order_No__c": "number"]
    )

    static func values(_ model: String, of object: String, _ field: String) -> SyncDefinition {
        let target = SyncDefinition.PicklistTarget(
            object: object,
            field: field,
            value: "code",
            label: "name",
            isDefault: nil
        )
        return .of(model, into: .picklist(target), .all)
    }

    private static func link(_ field: String, _ object: String, _ column: String) -> FieldMapping {
        let lookup = FieldMapping.Lookup(object: object, field: "External_Id__c", column: column)
        return FieldMapping(field: field, value: .lookup(lookup))
    }
}
