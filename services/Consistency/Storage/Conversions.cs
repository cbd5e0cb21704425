using System.Text.Json;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.ChangeTracking;
using Microsoft.EntityFrameworkCore.Metadata.Builders;
using Microsoft.EntityFrameworkCore.Storage.ValueConversion;

namespace Consistency.Storage;

/// <summary>How the services' entities are stored, the same in every service.</summary>
public static class Conversions
{
    private static readonly ValueConverter<DateTimeOffset, long> UnixMilliseconds =
        new(t => t.ToUnixTimeMilliseconds(), ms => DateTimeOffset.FromUnixTimeMilliseconds(ms));

    /// <summary>
    /// Names columns in snake_case, and stores times as whole milliseconds since 1970, which sort and compare in every database.
    /// Called last, when all entities are known.
    /// </summary>
    public static void UseHouseConventions(this ModelBuilder model)
    {
        foreach (var property in model.Model.GetEntityTypes().SelectMany(e => e.GetProperties()))
        {
            property.SetColumnName(JsonNamingPolicy.SnakeCaseLower.ConvertName(property.Name));
            if (property.ClrType == typeof(DateTimeOffset) || property.ClrType == typeof(DateTimeOffset?))
            {
                property.SetValueConverter(UnixMilliseconds);
            }
        }
    }

    /// <summary>Stores a record that is replaced as a whole and never searched as JSON in its owner's row.</summary>
    public static PropertyBuilder<T?> AsJson<T>(this PropertyBuilder<T?> property)
        where T : class =>
        property.HasConversion(
            value => JsonSerializer.Serialize(value, JsonSerializerOptions.Web),
            json => JsonSerializer.Deserialize<T>(json, JsonSerializerOptions.Web));

    /// <summary>Stores a list that is written once and never searched as JSON in its owner's row.</summary>
    public static PropertyBuilder<IReadOnlyList<T>> AsJson<T>(this PropertyBuilder<IReadOnlyList<T>> property)
    {
        property.HasConversion(
            list => JsonSerializer.Serialize(list, JsonSerializerOptions.Web),
            json => JsonSerializer.Deserialize<List<T>>(json, JsonSerializerOptions.Web)!);
        property.Metadata.SetValueComparer(
            new ValueComparer<IReadOnlyList<T>>((a, b) => ReferenceEquals(a, b), list => list.Count, list => list));
        return property;
    }
}
