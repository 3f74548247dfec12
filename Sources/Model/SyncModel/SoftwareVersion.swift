/// The version of the programs, which are released together; packages, manuals and the org's logs show it too.
package enum SoftwareVersion {
    package static let text = "0.1.0"
}
