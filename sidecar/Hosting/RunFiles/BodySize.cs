using System.Globalization;
using Sidecar.Resources.Yaml;

namespace Sidecar.Hosting.RunFiles;

/// <summary>
/// Body limits: <c>maxBodySize</c> as a quantity (4Mi, 16M, 1000000), or the older <c>daprHTTPMaxRequestSize</c> in
/// MiB.
/// </summary>
internal static class BodySize
{
    private static readonly (string Suffix, long Factor)[] Suffixes =
    [
        ("Ki", 1L << 10), ("Mi", 1L << 20), ("Gi", 1L << 30),
        ("k", 1_000), ("M", 1_000_000), ("G", 1_000_000_000), (string.Empty, 1),
    ];

    public static long? Read(YamlMap map)
    {
        var megabytes = map.Integer("daprHTTPMaxRequestSize", 1, 1 << 20);
        var text = map.AnyScalar("maxBodySize");
        if (text is null)
        {
            return megabytes * (1L << 20);
        }

        var (suffix, factor) = Suffixes.First(s => text.EndsWith(s.Suffix, StringComparison.Ordinal));
        return long.TryParse(text[..^suffix.Length], NumberStyles.None, CultureInfo.InvariantCulture, out var number)
            && number is > 0 and < 1L << 30
            ? number * factor
            : throw map.Error("maxBodySize", $"'{text}' is not a size", "Write for example 4Mi.");
    }
}
