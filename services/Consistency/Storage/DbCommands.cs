using System.Data.Common;

namespace Consistency.Storage;

/// <summary>Plain SQL for the kernel's own tables, where an object mapper would only stand in the way (upserts, ranges).</summary>
internal static class DbCommands
{
    public static int Run(this DbConnection connection, DbTransaction? transaction, string sql, params ReadOnlySpan<(string Name, object? Value)> parameters)
    {
        using var command = connection.Prepare(transaction, sql, parameters);
        return command.ExecuteNonQuery();
    }

    /// <summary>The one number that a query answers.</summary>
    public static long Number(this DbConnection connection, string sql)
    {
        using var command = connection.Prepare(transaction: null, sql);
        return (long)command.ExecuteScalar()!;
    }

    public static DbCommand Prepare(this DbConnection connection, DbTransaction? transaction, string sql, params ReadOnlySpan<(string Name, object? Value)> parameters)
    {
        var command = connection.CreateCommand();
        command.CommandText = sql;
        command.Transaction = transaction;
        foreach (var (name, value) in parameters)
        {
            var parameter = command.CreateParameter();
            parameter.ParameterName = name;
            parameter.Value = value ?? DBNull.Value;
            command.Parameters.Add(parameter);
        }

        return command;
    }
}
