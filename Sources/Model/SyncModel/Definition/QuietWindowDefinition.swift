/// `quiet-windows/NAME.yaml`: when objects must be left alone.
///
/// A copy is a reference: there may be thousands, and the definitions in force and the gate each hold all of them.
@dynamicMemberLookup
package struct QuietWindowDefinition: Sendable, Equatable {
    package enum Lead: Sendable, Equatable {
        case span(Duration)
        case auto
    }

    package struct Fields: Sendable, Equatable {
        package var name: String
        package var description: String?
        package var destination: String
        /// nil: all objects of the org (`"*"`).
        package var objects: [String]?
        package var calendars: [String]
        package var duration: Duration
        /// `org`: the org's own.
        package var timezone: String?
        package var except: [String]
        package var lead: Lead
        package var running: WindowBehaviour
        package var grace: Duration
        package var reason: String?
    }

    private var box: Box

    package init(name: String, destination: String, objects: [String]?, calendars: [String], duration: Duration) {
        box = Box(
            Fields(
                name: name,
                destination: destination,
                objects: objects,
                calendars: calendars,
                duration: duration,
                except: [],
                lead: .span(.zero),
                running: .pause,
                grace: .seconds(15 * 60)
            )
        )
    }

    package subscript<Value>(dynamicMember field: WritableKeyPath<Fields, Value>) -> Value {
        get { box.fields[keyPath: field] }
        set {
            var fields = box.fields
            fields[keyPath: field] = newValue
            box = Box(fields)
        }
    }

    package static func == (left: QuietWindowDefinition, right: QuietWindowDefinition) -> Bool {
        left.box === right.box || left.box.fields == right.box.fields
    }

    // MARK: - Implementation

    private final class Box: Sendable {
        let fields: Fields

        init(_ fields: Fields) { self.fields = fields }
    }
}
