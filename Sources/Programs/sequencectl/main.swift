import ArgumentParser
import Glibc

// The library's own main would print errors its way; ours has a JSON document for each.
exit(await Program.run(Array(CommandLine.arguments.dropFirst())))
