/// A mapping that does not fit what describe says; all its faults at once.
package struct ShapingError: Error, Sendable, Equatable {
    /// What is wrong with one field or with the whole mapping.
    package struct Fault: Sendable, Equatable {
        package enum Code: String, Sendable {
            case unknownField
            case unknownObject
            case notCreateable
            case notUpdateable
            case notDeletable
            case notMatchable
            case missingMatch
            case badLookup
            case badConstant
            case badTemplate
            case badType
            case requiredFieldNotMapped
            case nothingToSend
            case tooManyLookups
            case mappedTwice
        }

        package var code: Code
        /// API name of the field, as the mapping writes it.
        package var field: String?
        package var message: String
        /// The valid name that is nearest, if one is near.
        package var suggestion: String?

        package init(code: Code, field: String?, message: String, suggestion: String? = nil) {
            self.code = code
            self.field = field
            self.message = message
            self.suggestion = suggestion
        }
    }

    package var sync: String
    package var object: String
    package var faults: [Fault]

    package init(sync: String, object: String, faults: [Fault]) {
        self.sync = sync
        self.object = object
        self.faults = faults
    }
}

extension ShapingError: CustomStringConvertible {
    package var description: String {
        "cannot shape \(sync) for \(object): " + faults.map(\.description).joined(separator: "; ")
    }
}

extension ShapingError.Fault: CustomStringConvertible {
    package var description: String {
        message + (suggestion.map { ", did you mean \($0)?" } ?? "")
    }
}
