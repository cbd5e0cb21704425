using System.Text.Json;
using System.Text.RegularExpressions;
using Tests.Servers;

namespace Tests.Unit.Kubernetes;

/// <summary>
/// Checks objects against the fields that Kubernetes has: its OpenAPI description, which npm's kubernetes-types states as TypeScript, whose compiler
/// refuses a property that a type does not have, one of another type, and a missing one. Dapr's kinds: Schema/dapr.ts.
/// </summary>
internal static partial class SchemaCheck
{
    private static readonly string Schema = RepoFiles.At("tests", "Unit", "Kubernetes", "Schema");

    /// <summary>What is wrong, by number of the object; all are compiled at once. Skips the test where there is no Node.js.</summary>
    public static async Task<ILookup<int, string>> FindAsync(IReadOnlyList<Manifest> manifests)
    {
        await NpmFolder.InstallAsync(Schema);
        var folder = Directory.CreateTempSubdirectory("schema-").FullName;
        try
        {
            for (var i = 0; i < manifests.Count; i++)
            {
                File.WriteAllText(Path.Combine(folder, $"{i}.ts"), Source(manifests[i]));
            }

            File.WriteAllText(Path.Combine(folder, "tsconfig.json"), JsonSerializer.Serialize(new
            {
                compilerOptions = new
                {
                    noEmit = true, strict = true, skipLibCheck = true, types = Array.Empty<string>(), module = "preserve", moduleResolution = "bundler",
                    paths = new Dictionary<string, string[]>
                    {
                        ["kubernetes-types/*"] = [Path.Combine(Schema, "node_modules", "kubernetes-types", "*")],
                        ["dapr"] = [Path.Combine(Schema, "dapr.ts")],
                    },
                },
                include = new[] { "*.ts" },
            }));
            var (_, output, errors) = await NpmFolder.RunAsync(
                folder, "node", Path.Combine(Schema, "node_modules", "typescript", "bin", "tsc"), "--pretty", "false", "-p", ".");
            errors.ShouldBeEmpty();
            var problems = Problem().Matches(output).Select(m => (Number: int.Parse(m.Groups["number"].Value), Text: m.Groups["text"].Value)).ToList();
            (output.Length == 0 || problems.Count > 0).ShouldBeTrue(output);
            return problems.ToLookup(p => p.Number, p => p.Text);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private static string Source(Manifest manifest)
    {
        var parts = manifest.ApiVersion.Split('/');
        var group = parts[0].Split('.')[0];
        var module = parts.Length == 1 ? $"kubernetes-types/core/{parts[0]}" : group == "dapr" ? "dapr" : $"kubernetes-types/{group}/{parts[1]}";
        return $"import type {{ {manifest.Kind} }} from \"{module}\";\nexport const manifest: {manifest.Kind} = {manifest.Node.ToJsonString()};\n";
    }

    [GeneratedRegex(@"^(?<number>\d+)\.ts\(\d+,\d+\): error TS\d+: (?<text>.+)$", RegexOptions.Multiline | RegexOptions.ExplicitCapture)]
    private static partial Regex Problem();
}
