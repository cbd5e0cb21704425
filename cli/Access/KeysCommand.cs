using System.CommandLine;
using Cli.Running;
using Contracts;
using Spectre.Console;

namespace Cli.Access;

/// <summary><c>keys</c>: who may do what at the gateway.</summary>
internal static class KeysCommand
{
    private const int RateMax = 1_000_000;

    public static Command Create(Terminal terminal) =>
        new("keys", "Makes, lists and takes back keys of the gateway.") { CreateCreate(terminal), CreateList(terminal), CreateRemove(terminal) };

    private static Command CreateCreate(Terminal terminal)
    {
        var role = new Option<string>("--role")
        {
            HelpName = string.Join('|', KeyFile.Roles), Description = "What the key is good for.", Required = true,
        }.AcceptOnlyFromAmong(KeyFile.Roles);
        var name = new Option<string?>("--name") { HelpName = "N", Description = "Names the key in logs (default: the role and the time)." };
        var rate = CommonOptions.Number("--rate", "R", "Requests a second; 0 for the role's own limit.", 0, RateMax, 0);
        var file = FileOption();
        var command = new Command("create", "Makes a key and prints it, once: the file keeps only its hash.") { role, name, rate, file };
        command.SetAction(parsed =>
        {
            var path = PathOf(parsed.GetValue(file));
            var id = parsed.GetValue(name) ?? $"{parsed.GetValue(role)}-{terminal.Time.GetUtcNow():yyyyMMdd-HHmmss}";
            var keys = KeyFile.Read(path);
            if (!FieldErrors.IsId(id) || keys.Keys.Any(k => k.Id == id))
            {
                throw new UsageException($"--name: '{id}' is taken or no name; use letters, digits, '-', '_', '.' and ':'.");
            }

            var key = NewSecret.Key();
            keys.With(new KeyEntry(id, parsed.GetValue(role)!, NewSecret.HashOf(key), parsed.GetValue(rate) is > 0 and var limit ? limit : null)).Write(path);
            terminal.Line(key);
            terminal.Error.WriteLine($"{id} is in {path}; a gateway that uses the file takes the key within a second (ApiKeys__File={path}).");
            return ExitCodes.Ok;
        });
        return command;
    }

    private static Command CreateList(Terminal terminal)
    {
        var file = FileOption();
        var command = new Command("list", "Prints the names and roles of keys.") { file };
        command.SetAction(parsed =>
        {
            var table = new Table().Border(TableBorder.None).AddColumns("key", "role", "requests/s");
            foreach (var key in KeyFile.Read(PathOf(parsed.GetValue(file))).Keys)
            {
                table.AddRow(Terminal.Cell(key.Id), key.Role, key.RequestsPerSecond?.ToString() ?? "default");
            }

            terminal.Out.Write(table);
            return ExitCodes.Ok;
        });
        return command;
    }

    private static Command CreateRemove(Terminal terminal)
    {
        var name = new Argument<string>("NAME") { Description = "The key's name." };
        var file = FileOption();
        var command = new Command("remove", "Takes a key back.") { name, file };
        command.SetAction(parsed =>
        {
            var path = PathOf(parsed.GetValue(file));
            var keys = KeyFile.Read(path);
            var left = keys.Keys.Where(k => k.Id != parsed.GetValue(name)).ToList();
            if (left.Count == keys.Keys.Count)
            {
                throw new CliException($"{path} has no key '{parsed.GetValue(name)}'; 'keys list' shows them.");
            }

            if (left.Count == 0)
            {
                throw new CliException($"{path}: a gateway needs at least one key; make another with 'keys create' first.");
            }

            new KeyFile(left).Write(path);
            terminal.Line($"{parsed.GetValue(name)} is good for nothing any more");
            return ExitCodes.Ok;
        });
        return command;
    }

    private static Option<string?> FileOption() => new("--file")
    {
        HelpName = "FILE", Description = "The gateway's file of keys (default: the one of 'up', .run/data/keys.json).",
    };

    private static string PathOf(string? file)
    {
        var path = Path.GetFullPath(file ?? RunSecrets.KeyFileIn(RepoRoot.Find().PathOf(".run", "data")));
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        return path;
    }
}
