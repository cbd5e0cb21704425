using System.Text.Json;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace Consistency.Storage;

/// <summary>How the services' entities are stored: times as Unix milliseconds (they sort and compare), lists as JSON.</summary>
public static class Conversions
{
    /// <summary>Stores a time as whole milliseconds since 1970.</summary>
    public static PropertyBuilder<DateTimeOffset> AsUnixMilliseconds(this PropertyBuilder<DateTimeOffset> property) =>
        property.HasConversion(t => t.ToUnixTimeMilliseconds(), ms => DateTimeOffset.FromUnixTimeMilliseconds(ms));

    /// <summary>Stores a list that is written once and never searched as JSON in its owner's row.</summary>
    public static PropertyBuilder<IReadOnlyList<T>> AsJson<T>(this PropertyBuilder<IReadOnlyList<T>> property)
    {
        property.HasConversion(
            list => JsonSerializer.Serialize(list, JsonSerializerOptions.Web),
            json => JsonSerializer.Deserialize<List<T>>(json, JsonSerializerOptions.Web)!);
        property.Metadata.SetValueComparer(new Microsoft.EntityFrameworkCore.ChangeTracking.ValueComparer<IReadOnlyList<T>>(
            (a, b) => ReferenceEquals(a, b), list => list.Count, list => list));
        return property;
    }
}
