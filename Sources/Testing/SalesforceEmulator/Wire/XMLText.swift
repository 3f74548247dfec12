/// Text with XML's five marks escaped, and what XML cannot hold left out.
func escapedXML(_ text: String) -> String {
    var out = ""
    out.reserveCapacity(text.utf8.count)
    for scalar in text.unicodeScalars {
        switch scalar {
        case "&": out += "&amp;"
        case "<": out += "&lt;"
        case ">": out += "&gt;"
        case "\"": out += "&quot;"
        case "'": out += "&apos;"
        default:
            if scalar.value >= 0x20 || scalar == "\n" || scalar == "\t" || scalar == "\r" {
                out.unicodeScalars.append(scalar)
            }
        }
    }
    return out
}
