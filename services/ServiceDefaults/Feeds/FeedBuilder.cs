using System.Text.Json;
using Consistency.Feeds;
using Microsoft.EntityFrameworkCore;

namespace ServiceDefaults.Feeds;

/// <summary>Which records a service's feed offers, and how they are read.</summary>
public sealed class FeedBuilder<TDb>
    where TDb : DbContext
{
    private readonly Dictionary<string, Func<TDb, string, IReadOnlyDictionary<string, JsonElement>>> readers = new(StringComparer.Ordinal);

    /// <summary>The kinds that are offered.</summary>
    internal IReadOnlyCollection<string> Kinds => readers.Keys;

    /// <summary>Offers a kind of record.</summary>
    /// <param name="kind">As the entity's <see cref="IFed.FeedKind"/>.</param>
    /// <param name="rows">
    /// The entities of the given keys, a JSON array in one parameter: a list of any length is then one prepared statement, for example
    /// <c>SELECT * FROM orders WHERE order_id IN (SELECT value FROM json_each({0}))</c>.
    /// </param>
    /// <param name="state">What is told of one.</param>
    public FeedBuilder<TDb> Offer<TEntity, TState>(string kind, Func<TDb, string, IEnumerable<TEntity>> rows, Func<TEntity, TState> state)
        where TEntity : class, IFed
    {
        readers.Add(kind, (db, keys) => rows(db, keys).ToDictionary(
            row => row.FeedKey, row => JsonSerializer.SerializeToElement(state(row), JsonSerializerOptions.Web), StringComparer.Ordinal));
        return this;
    }

    /// <summary>The records of some changes, by kind and key: one statement per kind.</summary>
    internal Dictionary<(string Kind, string Key), JsonElement> Read(TDb db, IReadOnlyList<ChangeRow> rows)
    {
        var states = new Dictionary<(string, string), JsonElement>(rows.Count);
        foreach (var group in rows.Where(r => !r.Deleted && readers.ContainsKey(r.Kind)).GroupBy(r => r.Kind, StringComparer.Ordinal))
        {
            var keys = JsonSerializer.Serialize(group.Select(r => r.Key));
            foreach (var (key, state) in readers[group.Key](db, keys))
            {
                states[(group.Key, key)] = state;
            }
        }

        return states;
    }
}
