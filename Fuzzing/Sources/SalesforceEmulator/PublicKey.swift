/// Stands in for the reading of keys, which is another library's: no fuzzed input has one.
func publicKey(_ pem: String) throws {}
