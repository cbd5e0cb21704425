using System.Diagnostics;
using Tests.Servers;

namespace Tests.Unit.Kubernetes;

/// <summary>Which Secrets there are: those that k8s/create-secrets.sh makes, run against programs that only note what they are told, and README's.</summary>
internal static class SecretsScript
{
    private static readonly Lazy<IReadOnlyDictionary<string, IReadOnlySet<string>>> Secrets = new(Run);

    /// <summary>Keys of each Secret, by its name.</summary>
    public static IReadOnlyDictionary<string, IReadOnlySet<string>> Made() => Secrets.Value;

    /// <summary>Runs the script.</summary>
    /// <param name="bash">The shell.</param>
    /// <param name="existing">Names of Secrets that are there.</param>
    /// <returns>The commands that kubectl was given, one a line, but for questions.</returns>
    public static IReadOnlyList<string> Commands(string bash, params IReadOnlyList<string> existing)
    {
        var folder = Directory.CreateTempSubdirectory("secrets-").FullName;
        try
        {
            // The script works in the folder above its own.
            File.Copy(RepoFiles.At("k8s", "create-secrets.sh"), Path.Combine(Directory.CreateDirectory(Path.Combine(folder, "k8s")).FullName, "create-secrets.sh"));
            var bin = Directory.CreateDirectory(Path.Combine(folder, "bin")).FullName;
            Program(bin, "dotnet", "echo ck_$RANDOM; touch \"${@: -1}\"");
            Program(bin, "kubectl", $$"""
                case "$3" in
                    get) [[ " {{string.Join(' ', existing)}} " == *" $5 "* ]] ;;
                    *) echo "${*:3}" >> '{{folder}}/commands'; for a; do [[ $a != --from-file=* ]] || [ -s "${a##*=}" ] || [[ $a == *keys.json* ]] || exit 9; done ;;
                esac
                """);
            var start = new ProcessStartInfo(bash, [Path.Combine(folder, "k8s", "create-secrets.sh")])
            {
                UseShellExecute = false, RedirectStandardOutput = true, RedirectStandardError = true,
            };
            start.Environment["PATH"] = $"{bin}:{Environment.GetEnvironmentVariable("PATH")}";
            using var process = Process.Start(start)!;
            var (output, errors) = (process.StandardOutput.ReadToEndAsync(), process.StandardError.ReadToEnd());
            process.WaitForExit();
            process.ExitCode.ShouldBe(0, output.Result + errors);
            var commands = Path.Combine(folder, "commands");
            return File.Exists(commands) ? File.ReadAllLines(commands) : [];
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private static IReadOnlyDictionary<string, IReadOnlySet<string>> Run()
    {
        var readme = File.ReadAllLines(RepoFiles.At("k8s", "README.md")).Select(l => l.Trim()).Where(l => l.Contains("create secret generic", StringComparison.Ordinal))
            .Select(l => l[l.IndexOf("create", StringComparison.Ordinal)..]);
        return Commands(Needs.Program("bash", "bash")).Concat(readme).Select(line => line.Split(' ')).Where(w => w is ["create", "secret", "generic", ..])
            .ToDictionary(
                w => w[3],
                w => (IReadOnlySet<string>)w.Where(a => a.StartsWith("--from-file=", StringComparison.Ordinal)).Select(a => a.Split('=')[1]).ToHashSet(StringComparer.Ordinal),
                StringComparer.Ordinal);
    }

    private static void Program(string folder, string name, string script)
    {
        var path = Path.Combine(folder, name);
        File.WriteAllText(path, $"#!/usr/bin/env bash\n{script}\n");
        if (!OperatingSystem.IsWindows())
        {
            File.SetUnixFileMode(path, (UnixFileMode)0b_111_101_101);
        }
    }
}
