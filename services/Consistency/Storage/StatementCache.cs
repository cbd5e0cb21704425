using System.Data.Common;

namespace Consistency.Storage;

/// <summary>
/// Keeps the writer's statements compiled: the same few run thousands of times a second on one connection.
/// Keyed by the statement's text; parameters are bound by position of first use.
/// </summary>
internal sealed class StatementCache(DbConnection connection) : IDisposable
{
    private readonly Dictionary<string, DbCommand> commands = new(StringComparer.Ordinal);

    /// <summary>Rows that <see cref="Run"/> has changed so far.</summary>
    public long RowsChanged { get; private set; }

    public DbCommand Get(string sql, params ReadOnlySpan<(string Name, object? Value)> parameters)
    {
        if (!commands.TryGetValue(sql, out var command))
        {
            command = connection.Prepare(transaction: null, sql, parameters);
            commands[sql] = command;
            return command;
        }

        for (var i = 0; i < parameters.Length; i++)
        {
            command.Parameters[i].Value = parameters[i].Value ?? DBNull.Value;
        }

        return command;
    }

    public int Run(string sql, params ReadOnlySpan<(string Name, object? Value)> parameters)
    {
        var rows = Get(sql, parameters).ExecuteNonQuery();
        RowsChanged += Math.Max(rows, 0);
        return rows;
    }

    public void Dispose()
    {
        foreach (var command in commands.Values)
        {
            command.Dispose();
        }
    }
}
