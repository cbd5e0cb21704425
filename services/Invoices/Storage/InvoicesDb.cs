using Consistency.Replication;
using Consistency.Storage;
using Microsoft.EntityFrameworkCore;

namespace Invoices.Storage;

/// <summary>Invoices' own database.</summary>
internal sealed class InvoicesDb(DbContextOptions<InvoicesDb> options) : DbContext(options)
{
    // Compiled: DbContext.Find compiles its predicate anew on every call, which costs far more than the look-up itself.
    private static readonly Func<InvoicesDb, string, Invoice?> InvoiceByOrderId =
        EF.CompileQuery((InvoicesDb db, string key) => db.Invoices.AsTracking().FirstOrDefault(e => e.OrderId == key));

    private static readonly Func<InvoicesDb, string, NumberSeries?> SeriesByName =
        EF.CompileQuery((InvoicesDb db, string key) => db.Series.AsTracking().FirstOrDefault(e => e.Name == key));

    private static readonly Func<InvoicesDb, string, Account?> AccountByCustomerId =
        EF.CompileQuery((InvoicesDb db, string key) => db.Accounts.AsTracking().FirstOrDefault(e => e.CustomerId == key));

    public DbSet<Invoice> Invoices => Set<Invoice>();

    public DbSet<NumberSeries> Series => Set<NumberSeries>();

    public DbSet<Account> Accounts => Set<Account>();

    public Invoice? FindInvoice(string orderId) => InvoiceByOrderId(this, orderId);

    public IEnumerable<Invoice> InvoicesOf(string keys) =>
        Invoices.FromSqlRaw("SELECT * FROM invoice WHERE order_id IN (SELECT value FROM json_each({0}))", keys);

    public NumberSeries? FindSeries(string name) => SeriesByName(this, name);

    public Account? FindAccount(string customerId) => AccountByCustomerId(this, customerId);

    protected override void OnModelCreating(ModelBuilder modelBuilder)
    {
        modelBuilder.Entity<Invoice>().ToTable("invoice").HasKey(i => i.OrderId);
        modelBuilder.Entity<NumberSeries>().ToTable("number_series").HasKey(s => s.Name);
        modelBuilder.Entity<Account>().ToTable("account").HasKey(a => a.CustomerId);
        modelBuilder.HasReplicatedRecords();
        modelBuilder.UseHouseConventions();
    }
}
