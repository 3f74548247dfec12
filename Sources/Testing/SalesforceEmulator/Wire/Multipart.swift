/// The parts of a `multipart/form-data` body by name; nil when it is not one.
func multipart(_ call: Call) -> [String: [UInt8]]? {
    guard let type = call.header("content-type"), let mark = type.firstRange(of: "boundary=") else { return nil }
    let boundary = type[mark.upperBound...].prefix { $0 != ";" }.trimmingBlanks().filter { $0 != "\"" }
    guard !boundary.isEmpty else { return nil }
    let line = Array("--\(boundary)".utf8)
    var parts: [String: [UInt8]] = [:]
    var starts = occurrences(of: line, in: call.body)
    guard starts.count >= 2 else { return nil }
    let last = starts.removeLast()
    for (index, start) in starts.enumerated() {
        let end = index + 1 < starts.count ? starts[index + 1] : last
        guard start + line.count <= end else { return nil }
        let section = call.body[(start + line.count)..<end]
        guard let (headers, body) = headersAndBody(section), let name = partName(headers) else { return nil }
        parts[name] = Array(body)
    }
    return parts
}

private func occurrences(of needle: [UInt8], in bytes: [UInt8]) -> [Int] {
    var found: [Int] = []
    var index = 0
    while index + needle.count <= bytes.count {
        if bytes[index] == needle[0], bytes[index..<index + needle.count].elementsEqual(needle) {
            found.append(index)
            index += needle.count
        } else {
            index += 1
        }
    }
    return found
}

/// What stands before and after the first empty line, without the line breaks at the edges.
private func headersAndBody(_ section: ArraySlice<UInt8>) -> (String, ArraySlice<UInt8>)? {
    let crlf = occurrences(of: [13, 10, 13, 10], in: Array(section)).first.map { ($0, 4) }
    let lf = occurrences(of: [10, 10], in: Array(section)).first.map { ($0, 2) }
    guard let (offset, width) = crlf ?? lf else { return nil }
    let headers = String(decoding: section.prefix(offset), as: UTF8.self)
    var body = section.dropFirst(offset + width)
    if body.last == 10 { body = body.dropLast() }
    if body.last == 13 { body = body.dropLast() }
    return (headers, body)
}

private func partName(_ headers: String) -> String? {
    guard let mark = headers.firstRange(of: " name=") else { return nil }
    let rest = headers[mark.upperBound...]
    return rest.first == "\""
        ? String(rest.dropFirst().prefix { $0 != "\"" }) : String(rest.prefix { !";\r\n".contains($0) })
}
