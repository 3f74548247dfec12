extension Org {
    func restoreKept(in folder: String) throws {}
    func keepSnapshot() throws {}
}
