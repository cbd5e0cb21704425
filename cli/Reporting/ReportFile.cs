using System.Text.Json;
using System.Text.Json.Serialization.Metadata;

namespace Cli.Reporting;

/// <summary>Writes a report for machines.</summary>
internal static class ReportFile
{
    /// <summary>Writes to a neighbour first, so that whoever waits for the file never reads half of it.</summary>
    public static async Task WriteAsync<T>(string? file, T report, JsonTypeInfo<T> type, CancellationToken cancellation)
    {
        if (file is null)
        {
            return;
        }

        var unfinished = file + ".part";
        await File.WriteAllBytesAsync(
            unfinished, [.. JsonSerializer.SerializeToUtf8Bytes(report, type), (byte)'\n'], cancellation);
        File.Move(unfinished, file, overwrite: true);
    }
}
