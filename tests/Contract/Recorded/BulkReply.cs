using System.Text.Json;

namespace Tests.Contract.Recorded;

/// <summary>An app's answers to bulk deliveries.</summary>
internal static class BulkReply
{
    /// <summary>SUCCESS for every entry.</summary>
    public static string AllDone(string delivery)
    {
        using var document = JsonDocument.Parse(delivery);
        var entries = document.RootElement.GetProperty("entries").EnumerateArray()
            .Select(static e => $$"""{"entryId":{{e.GetProperty("entryId").GetRawText()}},"status":"SUCCESS"}""");
        return $$"""{"statuses":[{{string.Join(',', entries)}}]}""";
    }
}
