package enum SyncMode: String, Sendable, Codable, CaseIterable {
    case insert
    case update
    case upsert
    case archive
    case all
}

package enum RemovalBehaviour: String, Sendable, Codable, CaseIterable {
    case nothing
    case clear
    case delete
}

package enum APIChoice: String, Sendable, Codable, CaseIterable {
    case auto
    case bulk
    case bulk2
    case rest
}

package enum NullPolicy: String, Sendable, Codable, CaseIterable {
    case clear
    case keep
    case reject
}

package enum WritePolicy: String, Sendable, Codable, CaseIterable {
    case always
    case ifEmpty = "if-empty"
}

/// `syncs/NAME.yaml`: a model into an object.
package struct SyncDefinition: Sendable, Equatable {
    package enum Target: Sendable, Equatable {
        case object(String)
        /// `create` nil: never create.
        case objects(first: String, otherwise: String, create: String?)
        case event(String)
        case picklist(PicklistTarget)
    }

    package struct PicklistTarget: Sendable, Equatable {
        package var object: String
        package var field: String
        /// Columns.
        package var value: String
        package var label: String?
        package var isDefault: String?

        package init(object: String, field: String, value: String, label: String?, isDefault: String?) {
            self.object = object
            self.field = field
            self.value = value
            self.label = label
            self.isDefault = isDefault
        }
    }

    package struct Match: Sendable, Equatable {
        package var column: String
        package var field: String

        package init(column: String, field: String) {
            self.column = column
            self.field = field
        }
    }

    package struct Merge: Sendable, Equatable {
        package var sharedID: String
        package var isChild: String?
        package var mergeID: String?

        package init(sharedID: String, isChild: String?, mergeID: String?) {
            self.sharedID = sharedID
            self.isChild = isChild
            self.mergeID = mergeID
        }
    }

    package struct Batch: Sendable, Equatable {
        package var size = 1_000
        package var parallel = 10
        package var serial = false
        package var adaptive = true
        package init() {}
    }

    package struct Retry: Sendable, Equatable {
        package var split = true
        package var attempts = 5
        package init() {}
    }

    /// A bound given as a number of rows or as a share.
    package enum Bound: Sendable, Equatable {
        case rows(Int)
        case share(Share)
    }

    package struct Guard: Sendable, Equatable {
        package var maxDeletes: Bound?
        package var maxChanged: Bound?
        package var maxShrink: Bound?
        package init() {}
    }

    package struct Headers: Sendable, Equatable {
        package var assignmentRule: String?
        package var allowDuplicates = false
        package init() {}
    }

    package enum Converted: String, Sendable, CaseIterable {
        case follow
        case skip
        case reject
    }

    package var name: String
    package var description: String?
    package var model: String
    package var destination: String
    package var target: Target
    package var mode: SyncMode
    package var match: Match?
    package var fields: [FieldMapping]
    /// Fields for one object of a multi-object sync only.
    package var only: [String: [FieldMapping]]
    package var whenRemoved: RemovalBehaviour
    package var api: APIChoice
    package var batch: Batch
    package var retry: Retry
    package var `guard`: Guard
    package var headers: Headers
    package var converted: Converted
    package var localChecks: Bool
    package var was: String?
    package var merge: Merge?

    package init(
        name: String,
        model: String,
        destination: String,
        target: Target,
        mode: SyncMode,
        match: Match? = nil,
        fields: [FieldMapping] = []
    ) {
        self.name = name
        self.model = model
        self.destination = destination
        self.target = target
        self.mode = mode
        self.match = match
        self.fields = fields
        only = [:]
        whenRemoved = .nothing
        api = .auto
        batch = Batch()
        retry = Retry()
        `guard` = Guard()
        headers = Headers()
        converted = .follow
        localChecks = true
    }

    /// The object, the event or the two objects that the sync writes, as Salesforce names them.
    package var objects: [String] {
        switch target {
        case .object(let name), .event(let name): [name]
        case .objects(let first, let otherwise, _): [first, otherwise]
        case .picklist(let picklist): [picklist.object]
        }
    }

    /// The assignment rule that goes along with records of an object: of two objects only leads have any.
    package func assignmentRule(of object: String, _ operation: RecordOperation) -> String? {
        switch operation {
        case .insert, .update, .upsert: break
        case .clear, .delete, .merge, .publish: return nil
        }
        if case .objects = target, object.lowercased() != "lead" { return nil }
        return headers.assignmentRule
    }

    /// Writes the values of a picklist, no records.
    package var isPicklist: Bool {
        switch target {
        case .picklist: true
        case .object, .objects, .event: false
        }
    }

    /// What `object` says of a step and in messages: one name, of two objects both with a `/`.
    package var objectLabel: String { objects.joined(separator: "/") }
}

/// One entry of `fields:`.
package struct FieldMapping: Sendable, Equatable {
    package enum Value: Sendable, Equatable {
        case column(String)
        case constant(String)
        case template(FieldTemplate)
        case lookup(Lookup)
        /// A record type by its developer name, in this column.
        case recordType(column: String)
    }

    package struct Lookup: Sendable, Equatable {
        package var object: String
        package var field: String
        package var column: String

        package init(object: String, field: String, column: String) {
            self.object = object
            self.field = field
            self.column = column
        }
    }

    /// API name of the Salesforce field.
    package var field: String
    package var value: Value
    package var whenNull: NullPolicy
    package var write: WritePolicy
    package var truncate: Bool

    package init(
        field: String,
        value: Value,
        whenNull: NullPolicy = .clear,
        write: WritePolicy = .always,
        truncate: Bool = false
    ) {
        self.field = field
        self.value = value
        self.whenNull = whenNull
        self.write = write
        self.truncate = truncate
    }

    /// The source columns it reads, in order, each once or more.
    package var columns: [String] {
        switch value {
        case .column(let column), .recordType(let column): [column]
        case .constant: []
        case .template(let template): template.columns
        case .lookup(let lookup): [lookup.column]
        }
    }
}

/// `{{name}} ({{country}})`, taken apart.
package struct FieldTemplate: Sendable, Equatable {
    package enum Part: Sendable, Equatable {
        case text(String)
        case column(String)
    }

    package var parts: [Part]

    package init(parts: [Part]) {
        self.parts = parts
    }

    package var columns: [String] {
        parts.compactMap { part in
            switch part {
            case .text: nil
            case .column(let name): name
            }
        }
    }
}

/// The columns of a model that a sync looks at, in the order in which they travel: key columns, match column, mapped ones.
package struct MappedColumns: Sendable, Equatable {
    /// Each once.
    package var names: [String]
    /// Positions in `names`.
    package var key: [Int]
    package var match: Int?

    package init(sync: SyncDefinition, model: ModelDefinition) {
        var names: [String] = []
        func position(_ name: String) -> Int {
            if let known = names.firstIndex(of: name) { return known }
            names.append(name)
            return names.count - 1
        }
        key = model.primaryKey.map(position)
        match = sync.match.map { position($0.column) }
        for mapping in sync.fields + sync.only.sorted(by: { $0.key < $1.key }).flatMap(\.value) {
            for column in mapping.columns { _ = position(column) }
        }
        for column in [sync.merge?.sharedID, sync.merge?.isChild, sync.merge?.mergeID].compactMap(\.self) {
            _ = position(column)
        }
        if case .picklist(let picklist) = sync.target {
            for column in [picklist.value, picklist.label, picklist.isDefault].compactMap(\.self) {
                _ = position(column)
            }
        }
        self.names = names
    }
}
