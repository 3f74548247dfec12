import Yams

/// Reads an `org.yaml` and adds what it says to an org.
struct OrgFile {
    private let root: Node
    private let folder: String

    init(text: String, folder: String) throws {
        self.folder = folder
        do {
            guard let node = try compose(yaml: text) else {
                root = Node([(Node, Node)]())
                return
            }
            root = node
        } catch {
            throw EmulatorError(.badOrg, "cannot read the org file: \(error)")
        }
    }

    func apply(to org: isolated Org) throws {
        let file = YAMLPlace(node: root, path: "")
        for (name, place) in try file.mapping() {
            switch name {
            case "objects": try addObjects(place, to: org, isEvent: false)
            case "events": try addObjects(place, to: org, isEvent: true)
            case "global_value_sets", "users", "connected_apps", "limits", "pace", "apex_jobs", "edition", "value_sets",
                "standard_value_sets", "triggers", "organization":
                continue
            default:
                throw place.fault(
                    "is not known; expected objects, events, global_value_sets, standard_value_sets, users, connected_apps, limits, pace, apex_jobs or edition"
                )
            }
        }
    }

    private func addObjects(_ objects: YAMLPlace, to org: isolated Org, isEvent: Bool) throws {
        for (name, place) in try objects.mapping() {
            _ = try ObjectReader(name: name, place: place, isEvent: isEvent).declare(in: org)
        }
        for (name, place) in try objects.mapping() {
            try ObjectReader(name: name, place: place, isEvent: isEvent).fill(in: org)
        }
    }
}
