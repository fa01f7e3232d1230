-- Features under the names that public sources have, as headquarters now has them.
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

UPDATE OR IGNORE ax_FEATUREMANAGEMENTSTATE
SET NAME = (SELECT NEW FROM RENAMED WHERE OLD = NAME)
WHERE NAME IN (SELECT OLD FROM RENAMED);
DROP TABLE RENAMED;

DELETE FROM ax_FEATUREMANAGEMENTMETADATA WHERE FEATURESTATE IN (
    SELECT RECID FROM ax_FEATUREMANAGEMENTSTATE
    WHERE NAME = 'Dynamics.AX.Application.RetailLegacyCustomerDetailsViewFeature'
);
DELETE FROM ax_FEATUREMANAGEMENTSTATE
WHERE NAME = 'Dynamics.AX.Application.RetailLegacyCustomerDetailsViewFeature';

-- What instances hold goes on under the same names.
UPDATE cdx_CACHE SET VALUE = replace(VALUE,
    '"Dynamics.AX.Application.RetailEnhancedAsyncCustomerCreationFeature"',
    '"unpublished:enhanced-async-customer-creation"');
UPDATE cdx_CACHE SET VALUE = replace(VALUE,
    '"Dynamics.AX.Application.RetailEmailedReceiptsFromJournalFeature"',
    '"unpublished:emailed-receipts-from-journal"');
UPDATE cdx_CACHE SET VALUE = replace(VALUE,
    '"Dynamics.AX.Application.RetailEmailedReceiptsOfAnyTypeFeature"',
    '"unpublished:emailed-receipts-of-any-type"');
UPDATE cdx_CACHE SET VALUE = replace(VALUE,
    '"Dynamics.AX.Application.RetailCloudPoweredCustomerSearchFeature"',
    '"unpublished:cloud-powered-customer-search"');
UPDATE cdx_CACHE SET VALUE = replace(VALUE,
    '"Dynamics.AX.Application.RetailNewTransactionIdFeature"',
    '"unpublished:new-transaction-ids"');
UPDATE cdx_CACHE SET VALUE = replace(VALUE,
    '"Dynamics.AX.Application.RetailChannelSideInventoryCalculationFeature"',
    '"Dynamics.AX.Application.RetailInventoryChannelCalculationConsolidationFeature"');
UPDATE cdx_CACHE SET VALUE = replace(VALUE,
    '"Dynamics.AX.Application.RetailOptimizedProductAvailabilityFeature"',
    '"Dynamics.AX.Application.RetailProductAvailabilityOptimizationFeature"');
UPDATE cdx_CACHE SET VALUE = replace(VALUE,
    '"Dynamics.AX.Application.RetailPosOfflineDatabaseCompressionFeature"',
    '"unpublished:pos-offline-database-compression"');
UPDATE cdx_CACHE SET VALUE = replace(VALUE,
    '"Dynamics.AX.Application.RetailEnhancedWalletSupportFeature"',
    '"unpublished:enhanced-wallet-support"');
UPDATE cdx_CACHE SET VALUE = replace(VALUE,
    '"Dynamics.AX.Application.RetailOmnichannelMediaAuthoringFeature"',
    '"unpublished:omnichannel-media-authoring"');
UPDATE cdx_CACHE SET VALUE = replace(VALUE,
    '"Dynamics.AX.Application.RetailOmnichannelMediaCsuLocationsFeature"',
    '"unpublished:omnichannel-media-management"');

-- So does what registers took features for when they were last started.
UPDATE cdx_REGISTER SET FEATURES = replace(FEATURES,
    '"Dynamics.AX.Application.RetailNewTransactionIdFeature"',
    '"unpublished:new-transaction-ids"');
UPDATE cdx_REGISTER SET FEATURES = replace(FEATURES,
    '"Dynamics.AX.Application.RetailEnhancedAsyncCustomerCreationFeature"',
    '"unpublished:enhanced-async-customer-creation"');
UPDATE cdx_REGISTER SET FEATURES = replace(FEATURES,
    '"Dynamics.AX.Application.RetailEmailedReceiptsFromJournalFeature"',
    '"unpublished:emailed-receipts-from-journal"');
UPDATE cdx_REGISTER SET FEATURES = replace(FEATURES,
    '"Dynamics.AX.Application.RetailEmailedReceiptsOfAnyTypeFeature"',
    '"unpublished:emailed-receipts-of-any-type"');
UPDATE cdx_REGISTER SET FEATURES = replace(FEATURES,
    '"Dynamics.AX.Application.RetailCloudPoweredCustomerSearchFeature"',
    '"unpublished:cloud-powered-customer-search"');
UPDATE cdx_REGISTER SET FEATURES = replace(FEATURES,
    '"Dynamics.AX.Application.RetailChannelSideInventoryCalculationFeature"',
    '"Dynamics.AX.Application.RetailInventoryChannelCalculationConsolidationFeature"');
UPDATE cdx_REGISTER SET FEATURES = replace(FEATURES,
    '"Dynamics.AX.Application.RetailOptimizedProductAvailabilityFeature"',
    '"Dynamics.AX.Application.RetailProductAvailabilityOptimizationFeature"');
UPDATE cdx_REGISTER SET FEATURES = replace(FEATURES,
    '"Dynamics.AX.Application.RetailPosOfflineDatabaseCompressionFeature"',
    '"unpublished:pos-offline-database-compression"');
UPDATE cdx_REGISTER SET FEATURES = replace(FEATURES,
    '"Dynamics.AX.Application.RetailEnhancedWalletSupportFeature"',
    '"unpublished:enhanced-wallet-support"');
UPDATE cdx_REGISTER SET FEATURES = replace(FEATURES,
    '"Dynamics.AX.Application.RetailOmnichannelMediaAuthoringFeature"',
    '"unpublished:omnichannel-media-authoring"');
UPDATE cdx_REGISTER SET FEATURES = replace(FEATURES,
    '"Dynamics.AX.Application.RetailOmnichannelMediaCsuLocationsFeature"',
    '"unpublished:omnichannel-media-management"');
