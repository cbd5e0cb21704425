using System.CommandLine.Parsing;
using System.Text.RegularExpressions;
using Cli;

namespace Tests.Unit.Cli;

/// <summary>What pages tell the reader to type is a command line that this program takes. Parsed only, never run.</summary>
public sealed partial class DocumentedCommandsTests
{
    // What pages write where the reader has to put something in, and something that fits.
    private static readonly Dictionary<string, string> Examples = new(StringComparer.Ordinal)
    {
        ["APP"] = "orders", ["ID"] = "1", ["N"] = "10", ["S"] = "10", ["R"] = "10", ["P"] = "sync", ["URL"] = "http://127.0.0.1:5100",
    };

    public static TheoryData<string> Pages => [.. Directory.EnumerateFiles(RepoFiles.At("docs"), "*.md", SearchOption.AllDirectories)
        .Select(f => Path.GetRelativePath(RepoFiles.Root, f)).Append("README.md").Append("HACKING.md").Append(Path.Combine("k8s", "README.md"))
        .Where(page => Commands(page).Count > 0)];

    [Theory]
    [MemberData(nameof(Pages))]
    public void every_command_that_a_page_names_is_one(string page)
    {
        var root = CommandLine.Create(new TestTerminal().Terminal);

        Commands(page).SelectMany(command => root.Parse(command).Errors.Select(e => $"{string.Join(' ', command)}: {e.Message}")).ShouldBeEmpty();
    }

    private static IReadOnlyList<string[]> Commands(string page) =>
        [.. Documented().Matches(File.ReadAllText(RepoFiles.At(page))).Select(m =>
            CommandLineParser.SplitCommandLine(m.Groups["args"].Value).Select(word => Examples.GetValueOrDefault(word, word)).ToArray())];

    // Up to a comment, the end of what is code, a redirection or a closing parenthesis.
    [GeneratedRegex(@"dotnet run --project cli (-c Release )?-- (?<args>[^\n`>)#]+)")]
    private static partial Regex Documented();
}
