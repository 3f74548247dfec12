import Subprocess
import SystemPackage

/// The process between the tests and their server: it starts the server, and ends it when its own input ends.
///
/// The input's other end is this process's, so that it ends too when the tests crash or are killed.
struct PostgresGuard: Sendable {
    static let readyWord = "ready"

    let binaries: PostgresBinaries
    let folder: String

    /// Runs until `words` ends; each word `restart` ends the server at once and starts it again.
    ///
    /// `say` hears each line, one of them `readyWord`.
    func run(_ words: AsyncStream<String>, _ say: @Sendable (String) -> Void) async throws {
        var options = PlatformOptions()
        // A session of its own: an interrupt from the keyboard reaches the tests, and the guard cleans up behind them.
        options.createSession = true
        let guardCommand = ["/bin/sh", "-c", Self.script, "sh", binaries.folder, folder]
        let command = binaries.account.map { Self.setpriv($0) + guardCommand } ?? guardCommand
        _ = try await Subprocess.run(
            .path(FilePath(command[0])),
            arguments: Arguments(Array(command.dropFirst())),
            environment: .inherit.updating(["LC_ALL": "C.UTF-8", "TZ": "UTC"]),
            workingDirectory: FilePath(folder),
            platformOptions: options,
            input: .inputWriter,
            output: .sequence,
            error: .discarded
        ) { execution in
            for try await line in execution.standardOutput.strings() {
                say(line)
                if line == Self.readyWord { break }
            }
            for await word in words { _ = try await execution.standardInputWriter.write(word + "\n") }
            try await execution.standardInputWriter.finish()
        }
    }

    /// A program changes the account: glibc's own way to do it, in a child forked from many threads, can wait for ever.
    private static func setpriv(_ account: PostgresBinaries.Account) -> [String] {
        ["/usr/bin/setpriv", "--reuid=\(account.user)", "--regid=\(account.group)", "--clear-groups"]
    }

    /// Durability is off: the data is thrown away.
    ///
    /// A server whose guard is killed gets the signal too.
    private static let script = """
        bin=$1; folder=$2
        trap 'rm -rf "$folder"' EXIT
        "$bin/initdb" -D "$folder/data" -U postgres -E UTF8 --locale=C.UTF-8 -A trust -N >"$folder/log" 2>&1 || exit 3
        { echo 'local all locked scram-sha-256'; echo 'local all all trust'; } >"$folder/data/pg_hba.conf"
        serve() {
            setpriv --pdeathsig KILL "$bin/postgres" -D "$folder/data" -k "$folder" -c listen_addresses= \\
                -c fsync=off -c full_page_writes=off -c synchronous_commit=off -c max_connections=60 \\
                -c autovacuum=off -c shared_buffers=64MB -c log_min_messages=fatal >>"$folder/log" 2>&1 </dev/null &
            server=$!
            until "$bin/pg_isready" -q -h "$folder"; do
                kill -0 $server || { sleep 1; exit 4; }
                sleep 0.05
            done
        }
        serve
        echo ready
        while read -r word; do
            kill -QUIT $server
            wait $server
            serve
        done
        kill -QUIT $server
        wait $server
        """
}
