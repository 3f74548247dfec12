/// The version of the programs; daemon and `sequencectl` are released together.
package enum ProgramVersion {
    package static let text = "0.1.0"
}
