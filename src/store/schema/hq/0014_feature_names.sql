-- Features under the names that public sources have: a class that was made up goes.
CREATE TEMP TABLE RENAMED (OLD TEXT PRIMARY KEY COLLATE NOCASE, NEW TEXT NOT NULL);
INSERT INTO RENAMED (OLD, NEW) VALUES
    ('Dynamics.AX.Application.RetailEnhancedAsyncCustomerCreationFeature',
        'unpublished:enhanced-async-customer-creation'),
    ('Dynamics.AX.Application.RetailEmailedReceiptsFromJournalFeature',
        'unpublished:emailed-receipts-from-journal'),
    ('Dynamics.AX.Application.RetailEmailedReceiptsOfAnyTypeFeature',
        'unpublished:emailed-receipts-of-any-type'),
    ('Dynamics.AX.Application.RetailCloudPoweredCustomerSearchFeature',
        'unpublished:cloud-powered-customer-search'),
    ('Dynamics.AX.Application.RetailNewTransactionIdFeature',
        'unpublished:new-transaction-ids'),
    ('Dynamics.AX.Application.RetailChannelSideInventoryCalculationFeature',
        'Dynamics.AX.Application.RetailInventoryChannelCalculationConsolidationFeature'),
    ('Dynamics.AX.Application.RetailOptimizedProductAvailabilityFeature',
        'Dynamics.AX.Application.RetailProductAvailabilityOptimizationFeature'),
    ('Dynamics.AX.Application.RetailPosOfflineDatabaseCompressionFeature',
        'unpublished:pos-offline-database-compression'),
    ('Dynamics.AX.Application.RetailEnhancedWalletSupportFeature',
        'unpublished:enhanced-wallet-support'),
    ('Dynamics.AX.Application.RetailOmnichannelMediaAuthoringFeature',
        'unpublished:omnichannel-media-authoring'),
    ('Dynamics.AX.Application.RetailOmnichannelMediaCsuLocationsFeature',
        'unpublished:omnichannel-media-management');

UPDATE OR IGNORE FEATUREMANAGEMENTSTATE
SET NAME = (SELECT NEW FROM RENAMED WHERE OLD = NAME), RECVERSION = RECVERSION + 1
WHERE NAME IN (SELECT OLD FROM RENAMED);
UPDATE OR IGNORE cdx_FEATURECHANGE
SET NAME = (SELECT NEW FROM RENAMED WHERE OLD = NAME)
WHERE NAME IN (SELECT OLD FROM RENAMED);
UPDATE cdx_FEATURELOG
SET NAME = (SELECT NEW FROM RENAMED WHERE OLD = NAME)
WHERE NAME IN (SELECT OLD FROM RENAMED);
DROP TABLE RENAMED;

UPDATE FEATUREMANAGEMENTMETADATA SET
    LABEL = 'Email receipts from the Journal',
    DISPLAYNAME = 'Email receipts from the Journal'
WHERE LABEL = 'Email receipts from the journal';
UPDATE FEATUREMANAGEMENTMETADATA SET
    LABEL = 'Email any receipt type and customize emailed receipts',
    DISPLAYNAME = 'Email any receipt type and customize emailed receipts'
WHERE LABEL = 'Email receipts of any type';
UPDATE FEATUREMANAGEMENTMETADATA SET
    LABEL = '(Preview) Cloud powered customer search',
    DISPLAYNAME = '(Preview) Cloud powered customer search'
WHERE LABEL = 'Cloud powered customer search';
UPDATE FEATUREMANAGEMENTMETADATA SET
    LABEL = 'Enable modernized customer details page',
    DISPLAYNAME = 'Enable modernized customer details page'
WHERE LABEL = 'Modern customer details page';

-- A feature that was made up.
DELETE FROM FEATUREMANAGEMENTMETADATA WHERE FEATURESTATE IN (
    SELECT RECID FROM FEATUREMANAGEMENTSTATE
    WHERE NAME = 'Dynamics.AX.Application.RetailLegacyCustomerDetailsViewFeature'
);
DELETE FROM FEATUREMANAGEMENTSTATE
WHERE NAME = 'Dynamics.AX.Application.RetailLegacyCustomerDetailsViewFeature';

-- What one fact said is two: the batch has ended, and then the full synchronization.
INSERT OR IGNORE INTO cdx_FACT (NAME, VALUE, VERSION)
SELECT 'media-sync-ended', VALUE, VERSION FROM cdx_FACT WHERE NAME = 'media-assignments-staged';
UPDATE OR IGNORE cdx_FACT SET NAME = 'media-products-synchronized'
WHERE NAME = 'media-assignments-staged';
