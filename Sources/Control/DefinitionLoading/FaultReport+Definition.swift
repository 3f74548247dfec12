package import ControlProtocol
package import Definitions

extension FaultReport {
    package init(_ fault: DefinitionFault) {
        self.init(
            file: fault.file,
            line: fault.line,
            column: fault.column,
            key: fault.key,
            message: fault.message,
            suggestion: fault.suggestion
        )
    }

    package init(_ notice: DefinitionNotice) {
        self.init(
            file: notice.file,
            line: notice.line,
            column: notice.column,
            key: notice.key,
            message: notice.message,
            suggestion: notice.suggestion
        )
    }
}
