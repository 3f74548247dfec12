import ControlProtocol
import TerminalOutput

/// What an act answers, as a person reads it.
enum ActionText {
    static func lines(_ answer: ActionAnswer) -> [String] {
        [answer.message.harmless]
    }
}
